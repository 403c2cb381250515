package emulator

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestForm_NestedNames(t *testing.T) {
	t.Parallel()
	cases := []struct{ rule, form, want string }{
		{"plain", "a=1&b=x+y", `{"a":"1","b":"x y"}`},
		{"names at the top are in lower case", "FIELDS[TITLE]=x", `{"fields":{"TITLE":"x"}}`},
		{"lists", "v[]=1&v[]=2", `{"v":["1","2"]}`},
		{"rows", "f[P][0][V]=1&f[P][0][T]=W&f[P][1][V]=2", `{"f":{"P":[{"V":"1","T":"W"},{"V":"2"}]}}`},
		{"the order is kept", "o[B]=1&o[A]=2", `{"o":{"B":"1","A":"2"}}`},
		{"the last one wins", "a=1&a=2", `{"a":"2"}`},
		{"an array takes the place of a word", "a=1&a[b]=2", `{"a":{"b":"2"}}`},
		{"a wrong percent sign", "a=100%", `{"a":"100%"}`},
		{"an open bracket", "a[b=1", `{"a":"1"}`},
		{"nothing", "&&=&[x]=1", `[]`},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			got := &arr{}
			readForm(got, c.form)
			raw, err := json.Marshal(got)
			require.NoError(t, err)
			require.JSONEq(t, c.want, string(raw))
			require.Equal(t, c.want, string(raw))
		})
	}
}

func FuzzParams_AnyBody(f *testing.F) {
	f.Add("application/json", `{"fields":{"PHONE":[{"VALUE":"1"}]},"cmd":{"a":"b?c=$result[x][0]"}}`)
	f.Add("application/x-www-form-urlencoded", "fields[PHONE][0][VALUE]=1&select[]=ID&filter[>ID]=5")
	f.Add("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a[b]\"\r\n\r\n1\r\n--x--\r\n")
	f.Fuzz(func(t *testing.T, contentType, body string) {
		r := httptest.NewRequest(http.MethodPost, "/rest/batch?auth=x", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		params, err := readParams(r)
		if err != nil {
			return
		}
		_, err = json.Marshal(substitute(params, params))
		require.NoError(t, err)
	})
}
