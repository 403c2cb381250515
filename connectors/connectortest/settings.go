package connectortest

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/core/integrations"
)

func isCyrillic(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) })
}

// checkText holds a text to being there in both languages, each in its own. Russian without a Cyrillic letter is a proper name or an address: two words
// at most, which sentences are not.
func checkText(t testing.TB, what string, text integrations.Text, isSentence bool) {
	t.Helper()
	require.NotEmpty(t, strings.TrimSpace(text.RU), "%s in Russian", what)
	require.NotEmpty(t, strings.TrimSpace(text.EN), "%s in English", what)
	require.False(t, isCyrillic(text.EN), "%s: Cyrillic letters in English: %s", what, text.EN)
	if !isCyrillic(text.RU) {
		require.LessOrEqual(t, len(strings.Fields(text.RU)), 2, "%s is not translated: %s", what, text.RU)
		require.False(t, isSentence, "%s is not translated: %s", what, text.RU)
	}
	for _, s := range []string{text.RU, text.EN} {
		for _, name := range placeholders.FindAllString(s, -1) {
			require.Contains(t, []string{"{{hook_url}}", "{{redirect_url}}"}, name, "%s", what)
		}
	}
}

var placeholders = regexp.MustCompile(`\{\{[^}]*\}\}`)

// secretWords are in the names of what must be kept in the vault.
var secretWords = regexp.MustCompile(`(?i)(secret|token|password|api_?key|passw)`)

func testSettings(t *testing.T, way *Way) {
	w := way.start(t, patience)
	spec := w.driver.Settings
	require.NotEmpty(t, spec.Sections)
	checkSections(t, spec)
	seen := map[string]integrations.Field{}
	for _, f := range spec.Fields() {
		require.NotContains(t, seen, f.Key, "keys are unique")
		checkField(t, spec, &f, seen)
		seen[f.Key] = f
	}
	checkDefaults(t, spec)
	checkWay(w)
}

func checkSections(t *testing.T, spec integrations.Spec) {
	t.Helper()
	seen, checks := map[string]bool{}, 0
	for _, s := range spec.Sections {
		require.Regexp(t, word, s.ID)
		require.False(t, seen[s.ID], "sections are unique: %s", s.ID)
		seen[s.ID] = true
		checkText(t, "title of "+s.ID, s.Title, false)
		if s.Hint != (integrations.Text{}) {
			checkText(t, "hint of "+s.ID, s.Hint, true)
		}
		require.NotEmpty(t, s.Fields, "section %s", s.ID)
		if s.ChecksConnection {
			checks++
			require.True(t, s.IsStep, "what checks the connection is a step of the wizard")
		}
	}
	require.Equal(t, 1, checks, "one section checks the connection")
	require.True(t, spec.Sections[0].ChecksConnection, "choices of the vendor can be asked for once the connection is checked")
}

// checkField holds a field to the rules; before are those above it.
func checkField(t *testing.T, spec integrations.Spec, f *integrations.Field, before map[string]integrations.Field) {
	t.Helper()
	require.Regexp(t, word, f.Key)
	checkText(t, "title of "+f.Key, f.Title, false)
	if f.Hint != (integrations.Text{}) {
		checkText(t, "hint of "+f.Key, f.Hint, false)
	}
	checkOptions(t, f)
	for _, key := range f.DependsOn {
		require.Contains(t, before, key, "%s depends on what stands above it", f.Key)
		require.NotEmpty(t, f.Source, "%s: only choices that are asked for depend on something", f.Key)
	}
	if key := f.ShownWhen.Key; key != "" {
		other, ok := spec.Field(key)
		require.True(t, ok, "%s is shown by %s, which is not there", f.Key, key)
		require.NotEmpty(t, f.ShownWhen.In, "%s would never be shown", f.Key)
		for _, value := range f.ShownWhen.In {
			require.Contains(t, valuesOf(&other), value, "%s is shown when %s has a value it can't have", f.Key, key)
		}
	}
	if secretWords.MatchString(f.Key) {
		require.Contains(t, []integrations.FieldType{integrations.FieldSecret, integrations.FieldNote}, f.Type, "%s is a secret by its name", f.Key)
	}
	require.LessOrEqual(t, f.Min, max(f.Min, f.Max), f.Key)
	checkHint(t, f)
}

// checkHint: where people have to type or do something that they find elsewhere, a hint says where.
func checkHint(t *testing.T, f *integrations.Field) {
	t.Helper()
	isTyped := slices.Contains([]integrations.FieldType{integrations.FieldText, integrations.FieldURL, integrations.FieldSecret}, f.Type)
	if f.Type == integrations.FieldNote || isTyped && f.Required && f.Default == nil {
		require.NotEmpty(t, f.Hint, "%s needs a hint", f.Key)
	}
}

func checkOptions(t *testing.T, f *integrations.Field) {
	t.Helper()
	isChoice := slices.Contains([]integrations.FieldType{integrations.FieldSelect, integrations.FieldMulti, integrations.FieldMapping}, f.Type)
	require.Equal(t, isChoice, len(f.Options) > 0 || f.Source != "", "%s: choices are for select, multi and mapping", f.Key)
	require.False(t, len(f.Options) > 0 && f.Source != "", "%s has choices of its own and asks for others", f.Key)
	seen := map[string]bool{}
	for _, o := range f.Options {
		require.NotEmpty(t, o.Value, f.Key)
		require.False(t, seen[o.Value], "%s: %s is there twice", f.Key, o.Value)
		seen[o.Value] = true
		checkText(t, "choice "+o.Value+" of "+f.Key, o.Text, false)
	}
	if own, ok := strings.CutPrefix(f.Source, "own:"); ok {
		require.Contains(t, []string{integrations.SourceGoals, integrations.SourceReportFunnels}, "own:"+own)
	}
}

// valuesOf are those a field can have.
func valuesOf(f *integrations.Field) []string {
	if f.Type == integrations.FieldSwitch {
		return []string{"true", "false"}
	}
	var out []string
	for _, o := range f.Options {
		out = append(out, o.Value)
	}
	return out
}

// checkDefaults: what a driver proposes is good by its own spec.
func checkDefaults(t *testing.T, spec integrations.Spec) {
	t.Helper()
	for _, problem := range spec.Problems("", integrations.Values{}, nil) {
		f, _ := spec.Field(problem.Key)
		require.True(t, f.Required && f.Default == nil && f.DefaultPairs == nil, "the default of %s: %s", problem.Key, problem.Text.EN)
	}
}

// checkWay: what the suite connects with could have been typed into the wizard.
func checkWay(w *world) {
	spec := w.driver.Settings
	for key := range w.vendor.Settings {
		f, ok := spec.Field(key)
		require.True(w.t, ok, "there is no setting %s", key)
		require.NotEqual(w.t, integrations.FieldSecret, f.Type, "%s is a secret", key)
	}
	for key := range w.vendor.Secrets {
		f, ok := spec.Field(key)
		require.True(w.t, ok, "there is no secret %s", key)
		require.Equal(w.t, integrations.FieldSecret, f.Type, "%s goes to the vault", key)
	}
	have, err := w.vault.Get(w.t.Context())
	w.ok(err)
	require.Empty(w.t, spec.Problems(spec.Sections[0].ID, w.setup, slices.Collect(maps.Keys(have))), "what connects passes the wizard")
	hasButton := slices.ContainsFunc(spec.Fields(), func(f integrations.Field) bool { return f.Type == integrations.FieldAuthorize })
	require.Equal(w.t, w.driver.Authorize != nil, hasButton, "a button and what it does belong together")
	if w.driver.Authorize != nil {
		require.NotNil(w.t, w.driver.Authorize.URL)
		require.NotNil(w.t, w.driver.Authorize.Finish)
	}
}

// testOptions asks for the choices of all fields, in order: those of the first funnel, and so on.
func testOptions(t *testing.T, way *Way) {
	w := way.start(t, patience)
	c, ok := w.open().(integrations.Options)
	chosen := maps.Clone(w.setup)
	for _, f := range w.driver.Settings.Fields() {
		if f.Source == "" || strings.HasPrefix(f.Source, "own:") {
			continue
		}
		require.True(t, ok, "%s needs choices, and the connector lists none", f.Key)
		list, err := c.Options(t.Context(), f.Source, chosen)
		w.ok(err)
		require.NotEmpty(t, list, "choices of %s", f.Key)
		known := map[string]bool{}
		for _, o := range list {
			require.NotEmpty(t, o.Value, f.Key)
			require.False(t, known[o.Value], "%s: %s is there twice", f.Key, o.Value)
			known[o.Value] = true
			require.True(t, strings.TrimSpace(o.Title) != "" || o.Text.RU != "" && o.Text.EN != "", "%s: %s has no title", f.Key, o.Value)
		}
		for _, pair := range f.DefaultPairs {
			require.True(t, known[pair.Field], "%s proposes %s, which is no choice", f.Key, pair.Field)
		}
		chosen.Set(f.Key, list[0].Value)
	}
	if ok {
		_, err := c.Options(t.Context(), "no such source", chosen)
		require.NotEmpty(t, w.failure(err).Kind)
	}
}
