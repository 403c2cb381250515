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

func packed(t *testing.T, data []byte) int {
	t.Helper()
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	require.NoError(t, err)
	_, err = w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Len()
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := fs.ReadFile(jsapi.FS(), name)
	require.NoError(t, err)
	return data
}

func TestTR_1_ScriptFitsItsBudget(t *testing.T) {
	t.Parallel()
	core, phones := packed(t, jsapi.Script()), packed(t, read(t, jsapi.PhonesFile))
	// Go packs a little less tightly than gzip -9, by which the budget is measured.
	require.LessOrEqual(t, core, jsapi.Budget*103/100)
	require.LessOrEqual(t, core+phones, jsapi.TotalBudget*103/100)
}

func TestTR_1_IntegrityOfEachVersionMatchesItsFiles(t *testing.T) {
	t.Parallel()
	versions := jsapi.Versions()
	require.NotEmpty(t, versions)
	for i, v := range versions {
		require.Equal(t, i+1, v.Version)
		for _, part := range []jsapi.Part{{v.File, v.Integrity, v.GzipBytes}, v.Phones} {
			sum := sha512.Sum384(read(t, part.File))
			require.Equal(t, "sha384-"+base64.StdEncoding.EncodeToString(sum[:]), part.Integrity, part.File)
			require.Positive(t, part.GzipBytes)
		}
		require.LessOrEqual(t, v.GzipBytes, jsapi.Budget)
		require.LessOrEqual(t, v.GzipBytes+v.Phones.GzipBytes, jsapi.TotalBudget)
	}
}

func TestTR_1_NewestVersionIsTheCurrentScript(t *testing.T) {
	t.Parallel()
	versions := jsapi.Versions()
	newest := versions[len(versions)-1]
	require.Equal(t, string(jsapi.Script()), string(read(t, newest.File)))
	require.Equal(t, string(read(t, jsapi.PhonesFile)), string(read(t, newest.Phones.File)))
}

func TestTR_1_CallersCannotChangeWhatIsServed(t *testing.T) {
	t.Parallel()
	first := jsapi.Script()[0]
	jsapi.Script()[0] ^= 0xff
	require.Equal(t, first, jsapi.Script()[0])

	jsapi.Versions()[0].File = ""
	require.NotEmpty(t, jsapi.Versions()[0].File)
}
