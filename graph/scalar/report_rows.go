package scalar

import (
	"encoding/json"
	"io"
	"math"
	"strconv"

	"github.com/99designs/gqlgen/graphql"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/reports"
)

// MarshalReportRows writes the rows of a report's table as one JSON array: objects through the engine of GraphQL would cost ten times as much.
func MarshalReportRows(rows []reports.Row) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		buf := append(make([]byte, 0, 64+len(rows)*128), '[')
		for i, row := range rows {
			if i > 0 {
				buf = append(buf, ',')
			}
			buf = appendReportRow(buf, row)
		}
		_, _ = w.Write(append(buf, ']'))
	})
}

// UnmarshalReportRows refuses: rows are never sent to the server.
func UnmarshalReportRows(any) ([]reports.Row, error) {
	return nil, core.E(core.KindInvalid, "rows of a report can't be sent")
}

func appendReportRow(buf []byte, row reports.Row) []byte {
	buf = appendText(append(buf, `{"key":`...), row.Key)
	buf = appendText(append(buf, `,"label":`...), row.Label)
	buf = strconv.AppendBool(append(buf, `,"expandable":`...), row.Expandable)
	buf = appendValues(append(buf, `,"values":`...), row.Values)
	buf = append(buf, `,"compared":`...)
	if row.Compared == nil {
		return append(buf, "null}"...)
	}
	return append(appendValues(buf, row.Compared), '}')
}

func appendText(buf []byte, s string) []byte {
	text, err := json.Marshal(s)
	if err != nil { // cannot be: every string has a JSON form
		return append(buf, `""`...)
	}
	return append(buf, text...)
}

func appendValues(buf []byte, values []reports.Value) []byte {
	buf = append(buf, '[')
	for i, v := range values {
		if i > 0 {
			buf = append(buf, ',')
		}
		if v == nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
			buf = append(buf, "null"...)
			continue
		}
		buf = strconv.AppendFloat(buf, *v, 'f', -1, 64)
	}
	return append(buf, ']')
}
