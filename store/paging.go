package store

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/skvoz/skvoz/core"
)

// maxPage is the largest page of a list.
const maxPage = 100

// timeCursor is where a page of a list ordered by time and identifier ends.
type timeCursor struct{ ms, id int64 }

func (c timeCursor) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(fmt.Sprintf("%d.%d", c.ms, c.id)))
}

func parseCursor(s string) (timeCursor, error) {
	bad := core.Invalid("after", "bad_cursor", "this is no cursor of this list")
	text, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return timeCursor{}, bad
	}
	a, b, _ := strings.Cut(string(text), ".")
	var c timeCursor
	if c.ms, err = strconv.ParseInt(a, 10, 64); err != nil {
		return timeCursor{}, bad
	}
	if c.id, err = strconv.ParseInt(b, 10, 64); err != nil {
		return timeCursor{}, bad
	}
	return c, nil
}

// where gathers the conditions of a statement; each ? becomes the next parameter.
type where struct {
	text strings.Builder
	args []any
}

func (w *where) and(condition string, args ...any) {
	if w.text.Len() > 0 {
		w.text.WriteString(" AND ")
	}
	w.add(condition, args...)
}

func (w *where) add(text string, args ...any) {
	for {
		before, after, found := strings.Cut(text, "?")
		w.text.WriteString(before)
		if !found {
			break
		}
		text = after
		w.args = append(w.args, args[0])
		args = args[1:]
		fmt.Fprintf(&w.text, "$%d", len(w.args))
	}
}

// page adds what reads one page ordered by a column of time and an identifier, one row more than asked for.
func (w *where) page(at, id string, ascending bool, page core.PageRequest) error {
	if page.First < 1 || page.First > maxPage {
		return core.Invalid("first", "bad_first", "ask for 1 to %d rows at a time", maxPage)
	}
	sign, direction := "<", "DESC"
	if ascending {
		sign, direction = ">", "ASC"
	}
	if page.After != "" {
		c, err := parseCursor(page.After)
		if err != nil {
			return err
		}
		w.and(fmt.Sprintf("(%s, %s) %s (?, ?)", at, id, sign), c.ms, c.id)
	}
	w.add(fmt.Sprintf(" ORDER BY %s %s, %s %s LIMIT ?", at, direction, id, direction), page.First+1)
	return nil
}

// paged cuts the row too many off and says where the page ends.
func paged[T any](rows []T, first int, cursor func(T) timeCursor) core.Page[T] {
	page := core.Page[T]{Nodes: rows}
	if len(rows) > first {
		page.Nodes, page.HasNext = rows[:first], true
	}
	if n := len(page.Nodes); n > 0 {
		page.EndCursor = cursor(page.Nodes[n-1]).String()
	}
	return page
}

// likeEscaper takes the meaning from the signs LIKE knows.
var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// containing is the pattern for LIKE … ESCAPE '\' that finds a text anywhere.
func containing(text string) string { return "%" + likeEscaper.Replace(text) + "%" }
