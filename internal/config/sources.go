package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
)

// Options returns what a kong parser needs for the file and the secrets' _FILE variables to work.
func Options() []kong.Option {
	return []kong.Option{kong.Configuration(Load), kong.Resolvers(kong.ResolverFunc(secretFromFile))}
}

const (
	secretTag      = "secret"
	maxSecretFile  = 64 << 10
	maxSettingFile = 1 << 20
)

// Load reads a configuration file, YAML or JSON: one flat object whose keys are named as the flags are, with hyphens or
// underscores. A key no flag has, a nested object, and anything that is not such a file are refused.
func Load(r io.Reader) (kong.Resolver, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxSettingFile+1))
	if err != nil {
		return nil, fmt.Errorf("reading the configuration file: %w", err)
	}
	if len(raw) > maxSettingFile {
		return nil, errors.New("the configuration file is over 1 MiB")
	}
	settings := map[string]any{}
	if err := yaml.Unmarshal(raw, &settings); err != nil {
		return nil, fmt.Errorf("the configuration file can't be read: %w", err)
	}
	file := &fileSettings{values: make(map[string]string, len(settings))}
	for key, value := range settings {
		text, err := settingText(value)
		if err != nil {
			return nil, fmt.Errorf("configuration file, %s: %w", key, err)
		}
		file.values[strings.ReplaceAll(key, "_", "-")] = text
	}
	return file, nil
}

func settingText(value any) (string, error) {
	switch value := value.(type) {
	case nil:
		return "", nil
	case map[string]any:
		return "", errors.New("nested settings are not understood; write them flat, named as the flags are")
	case []any:
		parts := make([]string, len(value))
		for i, item := range value {
			part, err := settingText(item)
			if err != nil {
				return "", err
			}
			parts[i] = part
		}
		return strings.Join(parts, ","), nil
	default:
		return fmt.Sprint(value), nil
	}
}

type fileSettings struct{ values map[string]string }

var _ kong.Resolver = (*fileSettings)(nil)

// Validate refuses keys that no flag of any command has: a misspelt setting must not be silently without effect.
func (f *fileSettings) Validate(app *kong.Application) error {
	known := map[string]bool{}
	err := kong.Visit(app.Node, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			known[flag.Name] = true
		}
		return next(nil)
	})
	if err != nil {
		return err
	}
	var unknown []string
	for key := range f.values {
		if !known[key] || key == "config" {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown)
	return fmt.Errorf("configuration file: unknown settings %s; they are named as the flags are, see --help", strings.Join(unknown, ", "))
}

// Resolve implements [kong.Resolver]. The environment goes before the file.
func (f *fileSettings) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	value, found := f.values[flag.Name]
	if !found || setByEnvironment(flag) {
		return nil, nil //nolint:nilnil // kong's way to say "not here"
	}
	return value, nil
}

func setByEnvironment(flag *kong.Flag) bool {
	for _, env := range flag.Tag.Envs {
		if _, found := os.LookupEnv(env); found {
			return true
		}
		if _, found := os.LookupEnv(env + "_FILE"); found && flag.Tag.Has(secretTag) {
			return true
		}
	}
	return false
}

// secretFromFile reads a flag tagged as secret from the file its _FILE variable names, without the final line break.
func secretFromFile(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if !flag.Tag.Has(secretTag) {
		return nil, nil //nolint:nilnil // kong's way to say "not here"
	}
	for _, env := range flag.Tag.Envs {
		path, found := os.LookupEnv(env + "_FILE")
		if !found {
			continue
		}
		if _, both := os.LookupEnv(env); both {
			return nil, fmt.Errorf("%s and %s_FILE are both set; keep one", env, env)
		}
		return readSecret(env+"_FILE", path)
	}
	return nil, nil //nolint:nilnil // kong's way to say "not here"
}

func readSecret(env, path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", env, err)
	}
	defer func() { _ = file.Close() }()
	raw, err := io.ReadAll(io.LimitReader(file, maxSecretFile))
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", env, err)
	}
	secret := strings.TrimRight(string(raw), "\r\n")
	if secret == "" {
		return "", fmt.Errorf("%s: %s is empty", env, path)
	}
	return secret, nil
}
