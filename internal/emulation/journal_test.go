package emulation

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func numbers(list []Entry) string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = strconv.Itoa(e.Number)
	}
	return strings.Join(out, " ")
}

func TestJournal_Finds(t *testing.T) {
	t.Parallel()
	var j Journal
	for _, request := range []string{"GET /leads", "POST /leads", "GET /contacts", "GET /leads/1", "POST /leads/1/notes"} {
		method, path, _ := strings.Cut(request, " ")
		j.add(Entry{Method: method, Path: path})
	}
	require.Equal(t, "1 2 3 4 5", numbers(j.Find("", "")))
	require.Equal(t, "1 3 4", numbers(j.Find("GET", "")))
	require.Equal(t, "2 5", numbers(j.Find("post", "/leads")))
	require.Empty(t, j.Find("DELETE", ""))

	require.Equal(t, "4 5", numbers(j.After(3, "", "", 10)))
	require.Equal(t, "2 4", numbers(j.After(1, "", "/leads", 2)), "the first ones: the rest is the next page")
	require.Equal(t, "1", numbers(j.After(-5, "", "", 1)))
	require.Empty(t, j.After(5, "", "", 10))
	require.Empty(t, j.After(500, "", "", 10))
	require.Equal(t, "3 4", numbers(j.Last("GET", "", 2)))
	require.Equal(t, "1 2 3 4 5", numbers(j.Last("", "", 100)))
}

func TestJournal_NumbersGoOnAfterItIsCleared(t *testing.T) {
	t.Parallel()
	var j Journal
	first, last := j.Bounds()
	require.Equal(t, []int{1, 0}, []int{first, last})
	j.add(Entry{})
	j.add(Entry{})
	j.Clear()
	require.Empty(t, j.Find("", ""))
	first, last = j.Bounds()
	require.Equal(t, []int{3, 2}, []int{first, last})
	j.add(Entry{})
	require.Equal(t, "3", numbers(j.After(2, "", "", 10)))
}

func TestJournal_TheOldestGoFirst(t *testing.T) {
	t.Parallel()
	var j Journal
	for range maxEntries {
		j.add(Entry{})
	}
	require.Len(t, j.Find("", ""), maxEntries)
	j.add(Entry{})
	first, last := j.Bounds()
	require.Equal(t, maxEntries/10+1, first)
	require.Equal(t, maxEntries+1, last)
	require.Len(t, j.Find("", ""), last-first+1)
	require.Equal(t, first, j.Find("", "")[0].Number)
	require.Equal(t, strconv.Itoa(last), numbers(j.After(last-1, "", "", 10)))
}

func TestJournal_BodiesHaveABoundTogether(t *testing.T) {
	t.Parallel()
	var j Journal
	large := strings.Repeat("x", maxJournalBytes/4)
	for range 10 {
		j.add(Entry{Request: large})
	}
	require.Equal(t, "7 8 9 10", numbers(j.Find("", "")))
	require.Equal(t, maxJournalBytes, j.bytes)
	j.add(Entry{Response: strings.Repeat("x", 2*maxJournalBytes)})
	require.Equal(t, "11", numbers(j.Find("", "")), "the newest stays, however large it is")
	j.add(Entry{Request: "small"})
	require.Equal(t, "12", numbers(j.Find("", "")))
	require.Equal(t, len("small"), j.bytes)
}

func TestJournal_IsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	var j Journal
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 1000 {
				j.add(Entry{Request: "a"})
				j.After(10, "", "", 5)
				j.Last("", "", 5)
			}
		})
	}
	all.Wait()
	_, last := j.Bounds()
	require.Equal(t, 8000, last)
}
