package jsapi_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/jsapi"
)

func TestTR_1_ScriptFitsItsBudget(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	require.NoError(t, err)
	_, err = w.Write(jsapi.Script())
	require.NoError(t, err)
	require.NoError(t, w.Close())
	// Go packs a little less tightly than gzip -9, by which the budget is measured.
	require.LessOrEqual(t, packed.Len(), jsapi.Budget*103/100)
}

func TestTR_1_IntegrityOfEachVersionMatchesItsFile(t *testing.T) {
	t.Parallel()
	versions := jsapi.Versions()
	require.NotEmpty(t, versions)
	for i, v := range versions {
		data, err := fs.ReadFile(jsapi.FS(), v.File)
		require.NoError(t, err)
		sum := sha512.Sum384(data)
		require.Equal(t, "sha384-"+base64.StdEncoding.EncodeToString(sum[:]), v.Integrity, v.File)
		require.Equal(t, i+1, v.Version)
		require.Positive(t, v.GzipBytes)
		require.LessOrEqual(t, v.GzipBytes, jsapi.Budget)
	}
}

func TestTR_1_NewestVersionIsTheCurrentScript(t *testing.T) {
	t.Parallel()
	versions := jsapi.Versions()
	newest, err := fs.ReadFile(jsapi.FS(), versions[len(versions)-1].File)
	require.NoError(t, err)
	require.Equal(t, string(jsapi.Script()), string(newest))
}

func TestTR_1_CallersCannotChangeWhatIsServed(t *testing.T) {
	t.Parallel()
	first := jsapi.Script()[0]
	jsapi.Script()[0] ^= 0xff
	require.Equal(t, first, jsapi.Script()[0])

	jsapi.Versions()[0].File = ""
	require.NotEmpty(t, jsapi.Versions()[0].File)
}
