package graph_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
)

// update rewrites the golden schema: go test ./graph -run Golden -update
var update = flag.Bool("update", false, "rewrite testdata/schema.golden")

// plainLists are the lists that are no connections, each with the reason why it stays short.
var plainLists = map[string]string{
	"AllowedNetworksPayload.networks":     "entered by hand; bounded by the service",
	"ApiToken.scopes":                     "there are three",
	"Call.candidates":                     "of one call",
	"Call.corrections":                    "of one call",
	"Call.deals":                          "of one call",
	"Call.employees":                      "of one call",
	"Call.legs":                           "of one call",
	"Call.pressed":                        "of one call",
	"Call.recordings":                     "of one call",
	"Call.steps":                          "of one call; at most 500",
	"Call.tags":                           "at most 200",
	"Call.talks":                          "of one call",
	"Call.transfers":                      "of one call",
	"CallCandidate.why":                   "there are six words",
	"CallLeg.holds":                       "of one leg",
	"CallPopUp.deals":                     "at most 3",
	"CallTalk.legIds":                     "there are two",
	"Campaign.costs":                      "entered by hand, a few a month; bounded by the service",
	"Campaign.exclude":                    "at most 30 groups",
	"Campaign.include":                    "at most 30 groups",
	"Communication.messages":              "of one chat; bounded by the service",
	"Communication.userFields":            "of one form; bounded at the door",
	"ConditionGroup.conditions":           "at most 50",
	"Crm.funnels":                         "made by hand; a few",
	"Crm.goals":                           "goals of a few sites",
	"Deal.contacts":                       "of one deal",
	"Deal.history":                        "stages of one deal",
	"Deal.links":                          "of one deal; 30 days",
	"Deal.path":                           "at most 500 steps",
	"DealAttribution.touches":             "at most 500 steps",
	"DealContact.emails":                  "of one contact",
	"DealContact.phones":                  "of one contact",
	"DeleteVirtualNumbersPayload.ids":     "as many as were asked for; at most 1000",
	"Employee.groups":                     "of one person; at most 500",
	"Employee.marks":                      "one a CRM",
	"Employee.phones":                     "at most 20",
	"EmployeeGroup.members":               "people of one group; made by hand",
	"Funnel.stages":                       "at most 102",
	"Integration.settings":                "fields of one system",
	"IntegrationAttempt.exchanges":        "at most 50",
	"IntegrationDriver.capabilities":      "there are thirteen",
	"IntegrationDriver.sections":          "in the code",
	"IntegrationJob.attempts":             "at most some twenty; of recurring jobs the last 50",
	"IntegrationPreview.fields":           "lines of one mapping",
	"IntegrationPreview.requests":         "of one delivery",
	"NumberPoolsPayload.pools":            "of one site; at most 100",
	"PathFigure.labels":                   "one path",
	"PathFigure.steps":                    "one path",
	"PathsReport.flow":                    "four steps of twelve nodes",
	"PathsReport.lengths":                 "eleven buckets",
	"PathsReport.timeLags":                "a dozen buckets",
	"PathsReport.top":                     "as many as limit asks for, at most 1000",
	"PbxConnection.allowedDestinations":   "entered by hand",
	"PbxConnection.allowedIps":            "entered by hand",
	"PbxConnection.lines":                 "lines of one PBX",
	"Person.contacts":                     "of one person",
	"Person.visitors":                     "browsers of one person",
	"PoolFigures.days":                    "at most a year",
	"Query.activeCalls":                   "at most 1000",
	"Query.allowedNetworks":               "entered by hand; bounded by the service",
	"Query.apiTokens":                     "at most 100 a user",
	"Query.attributionModels":             "13 and at most 50 of the account's own",
	"Query.blockedCallers":                "entered by hand",
	"Query.callTags":                      "at most 200",
	"Query.channelEffects":                "channels, sources or campaigns",
	"Query.crms":                          "connected by hand; a few",
	"Query.dealFunnel":                    "stages of one funnel",
	"Query.employeeGroups":                "at most 500",
	"Query.employeeStates":                "one an employee; at most 5000",
	"Query.employeeStatuses":              "at most 50",
	"Query.integrationDrivers":            "one a connector",
	"Query.integrationOptions":            "what one chooses from in a form",
	"Query.integrationProblems":           "one a setting",
	"Query.integrations":                  "at most 50",
	"Query.integrationEmployees":          "users of a company",
	"IntegrationEmployeesSync.warnings":   "at most 200",
	"Query.mediaFiles":                    "made by hand",
	"Query.mySessions":                    "devices of one user; they end by themselves",
	"Query.numberPools":                   "made by hand; at most 100 a site",
	"Query.pbxConnections":                "made by hand; a few",
	"Query.refusalCounts":                 "one row a reason",
	"Query.rehearseScenario":              "at most 60",
	"Query.reportFormulas":                "at most 200",
	"Query.reportViews":                   "at most 500",
	"Query.scenarioOperationTypes":        "in the code",
	"Query.scenarios":                     "at most 500",
	"Query.schedules":                     "at most 200",
	"Query.siteBlocks":                    "made by hand; at most 50 a site",
	"Query.sites":                         "made by hand; bounded by the service",
	"Query.templateVariables":             "in the code",
	"Query.users":                         "people of one company",
	"Query.validateScenario":              "of one scenario",
	"Query.visitorsOnline":                "capped by the service",
	"Reconciliation.rows":                 "stages of the funnels of one CRM",
	"Recording.peaks":                     "about 200",
	"RehearsedStep.plays":                 "sounds of one operation",
	"RehearsedStep.rings":                 "phones of one operation",
	"RemoteAccount.missing":               "at most one a capability",
	"ReportCatalog.defaultColumns":        "a dozen",
	"ReportCatalog.defaultDimensions":     "at most 6",
	"ReportCatalog.dimensions":            "some forty",
	"ReportCatalog.metrics":               "some eighty, two a stage and the formulas",
	"ReportDimension.facts":               "there are three",
	"ReportTable.columns":                 "at most 40",
	"ReportTable.comparedTotals":          "at most 40",
	"ReportTable.totals":                  "at most 40",
	"RevokeSessionPayload.sessions":       "devices of one user; they end by themselves",
	"Scenario.operations":                 "at most 200",
	"ScenarioField.options":               "in the code",
	"ScenarioOperation.exits":             "at most 14",
	"ScenarioOperation.settings":          "settings of one operation",
	"ScenarioOperationType.exits":         "in the code",
	"ScenarioOperationType.fields":        "in the code",
	"ScenarioSetting.values":              "at most 20",
	"Schedule.exceptions":                 "at most 400",
	"Schedule.week":                       "there are seven days",
	"ScheduleDay.intervals":               "at most 10",
	"ScheduleException.intervals":         "at most 10",
	"Segment.campaignIds":                 "at most 200",
	"Segment.channels":                    "there are twelve",
	"Segment.cities":                      "at most 200",
	"Segment.countries":                   "at most 200",
	"Segment.regions":                     "at most 200",
	"Segment.sources":                     "at most 200",
	"Segment.utm":                         "at most 200",
	"Session.goalReaches":                 "each goal once a session",
	"Setting.pairs":                       "at most 100",
	"Setting.values":                      "at most 500",
	"SettingCondition.in":                 "a few words of the code",
	"SettingField.default":                "in the code",
	"SettingField.defaultPairs":           "in the code",
	"SettingField.dependsOn":              "in the code",
	"SettingField.options":                "in the code",
	"SettingSection.fields":               "of one section; in the code",
	"Site.campaigns":                      "made by hand; bounded by the service",
	"Site.goals":                          "made by hand; bounded by the service",
	"SiteBlocksPayload.blocks":            "of one site; at most 50",
	"SiteSettings.conditionWeights":       "one row a kind of condition",
	"SiteSettings.excludedReferrers":      "entered by hand; bounded by the service",
	"SiteSettings.ignoredIps":             "entered by hand; bounded by the service",
	"Subscription.activeCalls":            "at most 1000",
	"Subscription.employeeStates":         "one an employee; at most 5000",
	"Subscription.liveVisitors":           "capped by the service",
	"UploadCampaignCostsPayload.costs":    "lines of one file of at most 2 MB",
	"UploadCampaignCostsPayload.problems": "lines of one file of at most 2 MB",
	"UtmCondition.values":                 "at most 200",
	"VirtualNumbersPayload.numbers":       "as many as were asked for; at most 1000",
	"Visitor.contacts":                    "of one visitor; bounded at the door",
	"Visitor.properties":                  "of one visitor; bounded at the door",
}

func loadSchema(t *testing.T) *ast.Schema {
	t.Helper()
	names, err := filepath.Glob("schema/*.graphqls")
	require.NoError(t, err)
	var sources []*ast.Source
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		sources = append(sources, &ast.Source{Name: name, Input: string(text)})
	}
	schema, err := gqlparser.LoadSchema(sources...)
	require.NoError(t, err)
	return schema
}

// ours calls fn for every type of the schema that is not built in.
func ours(t *testing.T, fn func(d *ast.Definition)) {
	t.Helper()
	for _, d := range loadSchema(t).Types {
		if !d.BuiltIn && !strings.HasPrefix(d.Name, "__") {
			fn(d)
		}
	}
}

func isRoot(d *ast.Definition) bool {
	return d.Name == "Query" || d.Name == "Mutation" || d.Name == "Subscription"
}

// fields are those written in the schema, without __schema and the like.
func fields(d *ast.Definition) ast.FieldList {
	var out ast.FieldList
	for _, f := range d.Fields {
		if !strings.HasPrefix(f.Name, "__") {
			out = append(out, f)
		}
	}
	return out
}

func TestCA_1_everyRootField_saysWhoMayCallIt(t *testing.T) {
	t.Parallel()
	ours(t, func(d *ast.Definition) {
		if !isRoot(d) {
			return
		}
		for _, f := range fields(d) {
			auth, public := f.Directives.ForName("auth"), f.Directives.ForName("public")
			if (auth == nil) == (public == nil) {
				t.Errorf("%s.%s needs exactly one of @auth and @public", d.Name, f.Name)
			}
			if auth != nil && d.Name == "Mutation" && auth.Arguments.ForName("scope").Value.Raw == "READ" {
				t.Errorf("Mutation.%s may not be called with scope READ", f.Name)
			}
		}
	})
}

func TestSchema_everyElementIsDescribed(t *testing.T) {
	t.Parallel()
	described := func(what, text string) {
		if strings.TrimSpace(text) == "" {
			t.Errorf("%s has no description", what)
		}
	}
	for _, d := range loadSchema(t).Directives {
		if d.Position != nil && d.Position.Src != nil && !d.Position.Src.BuiltIn {
			described("@"+d.Name, d.Description)
		}
	}
	ours(t, func(d *ast.Definition) {
		described(d.Name, d.Description)
		for _, f := range fields(d) {
			described(d.Name+"."+f.Name, f.Description)
		}
		for _, v := range d.EnumValues {
			described(d.Name+"."+v.Name, v.Description)
		}
	})
}

func TestSchema_namesFollowTheRules(t *testing.T) {
	t.Parallel()
	typeName, fieldName, enumValue := regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`), regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`), regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)
	ours(t, func(d *ast.Definition) {
		require.Regexp(t, typeName, d.Name)
		if (d.Kind == ast.InputObject) != (strings.HasSuffix(d.Name, "Input") || strings.HasSuffix(d.Name, "Filter")) {
			t.Errorf("%s: inputs end in Input or Filter, and nothing else does", d.Name)
		}
		for _, v := range d.EnumValues {
			require.Regexp(t, enumValue, v.Name, d.Name)
		}
		for _, f := range fields(d) {
			require.Regexp(t, fieldName, f.Name, d.Name)
			if strings.HasPrefix(f.Name, "get") {
				t.Errorf("%s.%s: no get", d.Name, f.Name)
			}
		}
	})
}

func TestSchema_mutationsTakeOneInputAndReturnAPayload(t *testing.T) {
	t.Parallel()
	for _, f := range fields(loadSchema(t).Types["Mutation"]) {
		want := strings.ToUpper(f.Name[:1]) + f.Name[1:] + "Input"
		if len(f.Arguments) > 1 || len(f.Arguments) == 1 && (f.Arguments[0].Name != "input" || f.Arguments[0].Type.String() != want+"!") {
			t.Errorf("Mutation.%s takes nothing, or input: %s!", f.Name, want)
		}
		if !strings.HasSuffix(f.Type.NamedType, "Payload") || !f.Type.NonNull {
			t.Errorf("Mutation.%s returns a …Payload!", f.Name)
		}
	}
}

func TestSchema_listsThatGrowAreConnections(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	ours(t, func(d *ast.Definition) {
		if d.Kind == ast.InputObject {
			return
		}
		for _, f := range fields(d) {
			name := d.Name + "." + f.Name
			isConnection := strings.HasSuffix(f.Type.NamedType, "Connection") && f.Type.NamedType != "PbxConnection" // one to a telephone exchange
			if isConnection && (f.Arguments.ForName("first") == nil || f.Arguments.ForName("first").DefaultValue == nil || f.Arguments.ForName("after") == nil) {
				t.Errorf("%s takes first, with a default, and after", name)
			}
			if f.Type.Elem == nil || f.Name == "nodes" && strings.HasSuffix(d.Name, "Connection") {
				continue
			}
			used[name] = true
			if plainLists[name] == "" && f.Arguments.ForName("first") == nil {
				t.Errorf("%s is a plain list: make it a connection, or say in plainLists why it stays short", name)
			}
		}
	})
	for name := range plainLists {
		if !used[name] {
			t.Errorf("%s stands in plainLists and is no list", name)
		}
	}
}

func TestSchema_matchesTheGoldenFile(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	formatter.NewFormatter(&text, formatter.WithIndent("  ")).FormatSchema(loadSchema(t))
	const golden = "testdata/schema.golden"
	if *update {
		require.NoError(t, os.WriteFile(golden, text.Bytes(), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), text.String(),
		"the API has changed: does it break a client? If it should change, run go test ./graph -run Golden -update")
}
