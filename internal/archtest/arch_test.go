package archtest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// listed is what the go command tells of a package.
type listed struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	CgoFiles   []string
	Imports    []string
	Deps       []string
	Standard   bool
}

// packages returns our packages and, by path, all they depend on.
var packages = sync.OnceValues(func() ([]listed, error) {
	var out, complaints bytes.Buffer
	cmd := exec.Command("go", "list", "-e", "-deps", "-json=ImportPath,Dir,GoFiles,CgoFiles,Imports,Deps,Standard", module+"/...")
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil {
		return nil, errors.Join(err, errors.New(complaints.String()))
	}
	var all []listed
	for decoder := json.NewDecoder(&out); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
})

// ours returns the packages of this module.
func ours(t *testing.T) []listed {
	t.Helper()
	all, err := packages()
	require.NoError(t, err)
	var mine []listed
	for _, p := range all {
		if within(p.ImportPath, module) && !strings.Contains(p.ImportPath, "/node_modules/") {
			mine = append(mine, p)
		}
	}
	require.NotEmpty(t, mine)
	return mine
}

func TestImports_FollowTheLaw(t *testing.T) {
	t.Parallel()
	for _, p := range ours(t) {
		if layer, path, _ := layerOf(p.ImportPath); layer == "?" {
			t.Errorf("the folder %s has no place in the house yet: give it one in law_test.go, .golangci.yaml and the architecture's page", path)
			continue
		}
		for _, imported := range p.Imports {
			if reason := refusal(p.ImportPath, imported); reason != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, imported, reason)
			}
		}
	}
}

func TestCore_DependsOnTheStandardLibraryAlone(t *testing.T) {
	t.Parallel()
	all, err := packages()
	require.NoError(t, err)
	standard := map[string]bool{"C": true}
	for _, p := range all {
		standard[p.ImportPath] = p.Standard
	}
	for _, p := range all {
		if !within(p.ImportPath, module+"/core") {
			continue
		}
		for _, dep := range p.Deps {
			if !standard[dep] && !within(dep, module+"/core") {
				t.Errorf("%s depends on %s", p.ImportPath, dep)
			}
		}
	}
}

// source is a parsed package of ours without its tests and generated files.
type source struct {
	listed
	files []*ast.File
	set   *token.FileSet
}

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	for _, p := range ours(t) {
		s := source{listed: p, set: token.NewFileSet()}
		for _, name := range slices.Concat(p.GoFiles, p.CgoFiles) {
			file, err := parser.ParseFile(s.set, filepath.Join(p.Dir, name), nil, parser.ParseComments)
			require.NoError(t, err)
			if !ast.IsGenerated(file) {
				s.files = append(s.files, file)
			}
		}
		all = append(all, s)
	}
	return all
}

func TestPackages_SayWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if len(s.files) == 0 {
			continue // nothing but tests or generated code
		}
		documented := slices.ContainsFunc(s.files, func(f *ast.File) bool { return f.Doc != nil })
		if !documented {
			t.Errorf("%s has no package comment: say in a sentence what it is for", s.ImportPath)
		}
	}
}

func TestPackages_HaveNoInit(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		for _, file := range s.files {
			for _, declared := range file.Decls {
				if f, ok := declared.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
					t.Errorf("%s: init() runs unasked and in no visible order; make a function and call it", s.set.Position(f.Pos()))
				}
			}
		}
	}
}

func TestPackages_HaveNoMutableVariables(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		names := map[string]bool{}
		for _, file := range s.files {
			for _, spec := range packageVars(file) {
				for _, name := range spec.Names {
					names[name.Name] = true
					if name.IsExported() && !constantLike(name.Name, spec) {
						t.Errorf("%s: %s is exported and can be changed by anybody; make it a function", s.set.Position(name.Pos()), name.Name)
					}
				}
				if hidden := hiddenState(spec); hidden != "" {
					t.Errorf("%s: %s is state shared by the whole process; put it into a type", s.set.Position(spec.Pos()), hidden)
				}
			}
		}
		delete(names, "_")
		for _, file := range s.files {
			for _, place := range changes(file, names) {
				t.Errorf("%s: changes a package variable; put it into a type", s.set.Position(place))
			}
		}
	}
}

func packageVars(file *ast.File) []*ast.ValueSpec {
	var specs []*ast.ValueSpec
	for _, declared := range file.Decls {
		if group, ok := declared.(*ast.GenDecl); ok && group.Tok == token.VAR {
			for _, spec := range group.Specs {
				if values, ok := spec.(*ast.ValueSpec); ok {
					specs = append(specs, values)
				}
			}
		}
	}
	return specs
}

// constantLike reports whether an exported variable is one only because the language has no constant of its kind:
// errors to compare with, and embedded files.
func constantLike(name string, spec *ast.ValueSpec) bool {
	return strings.HasPrefix(name, "Err") || typeName(spec.Type) == "embed.FS"
}

// hiddenState names a type that exists only to be changed. Pools are caches without meaning and stay allowed.
func hiddenState(spec *ast.ValueSpec) string {
	name := typeName(spec.Type)
	if strings.HasPrefix(name, "atomic.") || strings.HasPrefix(name, "sync.") && name != "sync.Pool" {
		return name
	}
	return ""
}

func typeName(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.SelectorExpr:
		if pkg, ok := e.X.(*ast.Ident); ok {
			return pkg.Name + "." + e.Sel.Name
		}
	case *ast.IndexExpr:
		return typeName(e.X)
	case *ast.StarExpr:
		return typeName(e.X)
	}
	return ""
}

// changes finds assignments to the package variables of the given names, also through an index, a field or ++.
func changes(file *ast.File, names map[string]bool) []token.Pos {
	topLevel := map[any]bool{}
	for _, spec := range packageVars(file) {
		topLevel[spec] = true
	}
	var found []token.Pos
	check := func(target ast.Expr) {
		ident := root(target)
		if ident == nil || !names[ident.Name] {
			return
		}
		// The parser resolves names within a file: what it left open, or found at the top, is the package's.
		if ident.Obj == nil || topLevel[ident.Obj.Decl] {
			found = append(found, target.Pos())
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, target := range n.Lhs {
					check(target)
				}
			}
		case *ast.IncDecStmt:
			check(n.X)
		}
		return true
	})
	return found
}

func root(expr ast.Expr) *ast.Ident {
	for {
		switch e := expr.(type) {
		case *ast.Ident:
			return e
		case *ast.IndexExpr:
			expr = e.X
		case *ast.SelectorExpr:
			expr = e.X
		case *ast.StarExpr:
			expr = e.X
		case *ast.ParenExpr:
			expr = e.X
		default:
			return nil
		}
	}
}

func TestChanges_SeesThroughShadowing(t *testing.T) {
	t.Parallel()
	const code = `package p
var a, b = 1, map[string]int{}
func f() { a := 2; a = 3; _ = a }
func g() { a = 4; b["x"] = 1; c++; other.d = 5 }
`
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "p.go", code, 0)
	require.NoError(t, err)
	var lines []int
	for _, place := range changes(file, map[string]bool{"a": true, "b": true, "c": true}) {
		lines = append(lines, set.Position(place).Line)
	}
	require.Equal(t, []int{4, 4, 4}, lines)
}
