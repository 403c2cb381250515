package scenarios

import (
	"context"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

// Service keeps scenarios, sounds and blocked callers. It is safe for concurrent use.
type Service struct{ cfg ServiceConfig }

// ServiceConfig is what a Service works with.
type ServiceConfig struct {
	Store      ScenarioStore
	Media      MediaStore
	Blocked    Blocklist
	Files      Files
	References References
	Engine     *Engine
	ReadPhone  func(raw string) (core.Phone, bool)
	Clock      core.Clock
}

// NewService returns a service.
func NewService(cfg ServiceConfig) *Service { return &Service{cfg} }

// Scenarios returns all scenarios by name.
func (s *Service) Scenarios(ctx context.Context, account core.AccountID) ([]Scenario, error) {
	return s.cfg.Store.Scenarios(ctx, account)
}

// Scenario returns one scenario; KindNotFound when the account has none of that id.
func (s *Service) Scenario(ctx context.Context, account core.AccountID, id core.ScenarioID) (Scenario, error) {
	return s.cfg.Store.Scenario(ctx, account, id)
}

// Validate returns what is wrong with a graph, references included; faults first.
func (s *Service) Validate(ctx context.Context, account core.AccountID, g Graph) ([]Problem, error) {
	problems := Check(g)
	lost, err := CheckReferences(ctx, s.cfg.References, account, g)
	if err != nil {
		return nil, err
	}
	problems = append(problems, lost...)
	faults := make([]Problem, 0, len(problems))
	var warnings []Problem
	for _, p := range problems {
		if p.IsWarning {
			warnings = append(warnings, p)
		} else {
			faults = append(faults, p)
		}
	}
	return append(faults, warnings...), nil
}

// check refuses a scenario with faults; the error names the first one.
func (s *Service) check(ctx context.Context, account core.AccountID, name string, g Graph) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > MaxNameLength {
		return "", core.Invalid("name", "bad_name", "give the scenario a name of 1 to %d characters", MaxNameLength)
	}
	problems, err := s.Validate(ctx, account, g)
	if err != nil {
		return "", err
	}
	if len(problems) > 0 && !problems[0].IsWarning {
		p := problems[0]
		return "", core.Invalid("graph", p.Reason, "operation %s %s: %s", p.OperationID, p.Key, p.Message).WithValue(p.OperationID)
	}
	return name, nil
}

// Create stores a new scenario. KindInvalid names the operation at fault; KindConflict name_taken.
func (s *Service) Create(ctx context.Context, account core.AccountID, name string, g Graph) (Scenario, error) {
	name, err := s.check(ctx, account, name, g)
	if err != nil {
		return Scenario{}, err
	}
	return s.cfg.Store.CreateScenario(ctx, Scenario{AccountID: account, Name: name, Graph: g}, MaxScenarios)
}

// Update stores a changed scenario. KindConflict changed_meanwhile when version is not the stored one: somebody else saved first.
func (s *Service) Update(ctx context.Context, account core.AccountID, id core.ScenarioID, version int, name string, g Graph) (Scenario, error) {
	name, err := s.check(ctx, account, name, g)
	if err != nil {
		return Scenario{}, err
	}
	return s.cfg.Store.UpdateScenario(ctx, Scenario{ID: id, AccountID: account, Name: name, Graph: g, Version: version})
}

// Delete removes a scenario; KindConflict in_use while numbers or other scenarios lead to it. Calls that are in it go on.
func (s *Service) Delete(ctx context.Context, account core.AccountID, id core.ScenarioID) error {
	return s.cfg.Store.DeleteScenario(ctx, account, id)
}

// Rehearse leads a fake caller through a graph.
func (s *Service) Rehearse(ctx context.Context, account core.AccountID, g Graph, caller FakeCaller) ([]RehearsedStep, error) {
	if problems := Check(g); len(problems) > 0 && !problems[0].IsWarning && hasFault(problems) {
		return nil, core.Invalid("graph", problems[0].Reason, "operation %s: %s", problems[0].OperationID, problems[0].Message)
	}
	return s.cfg.Engine.DryRun(ctx, account, g, caller)
}

func hasFault(problems []Problem) bool {
	for _, p := range problems {
		if !p.IsWarning {
			return true
		}
	}
	return false
}

// MaxMediaBytes is the size of a sound.
const MaxMediaBytes = 700 << 10

// Sounds returns all sounds by name.
func (s *Service) Sounds(ctx context.Context, account core.AccountID) ([]Media, error) {
	return s.cfg.Media.MediaFiles(ctx, account)
}

// AddSound keeps a sound: a .wav or .mp3 file of at most MaxMediaBytes.
func (s *Service) AddSound(ctx context.Context, account core.AccountID, fileName string, content io.Reader) (Media, error) {
	types := map[string]string{".wav": "audio/wav", ".mp3": "audio/mpeg"}
	ext := strings.ToLower(path.Ext(fileName))
	if types[ext] == "" {
		return Media{}, core.Invalid("file", "bad_format", "a .wav or .mp3 file is wanted")
	}
	name := strings.TrimSuffix(path.Base(fileName), path.Ext(fileName))
	if utf8.RuneCountInString(name) > MaxNameLength || name == "" {
		return Media{}, core.Invalid("file", "bad_name", "the file's name must have 1 to %d characters", MaxNameLength)
	}
	where := fmt.Sprintf("media/%s/%s%s", account, core.NewSecret(20), ext)
	n, sum, err := s.cfg.Files.Put(ctx, where, io.LimitReader(content, MaxMediaBytes+1))
	if err != nil {
		return Media{}, err
	}
	if n > MaxMediaBytes || n == 0 {
		_ = s.cfg.Files.Delete(ctx, where)
		return Media{}, core.Invalid("file", "too_large", "the file must have at most %d KB", MaxMediaBytes>>10)
	}
	return s.cfg.Media.AddMedia(ctx, Media{AccountID: account, Name: name, ContentType: types[ext], Bytes: n, SHA256: sum, Path: where})
}

// DeleteSound removes a sound; scenarios that play it are told so when they are checked.
func (s *Service) DeleteSound(ctx context.Context, account core.AccountID, id core.MediaID) error {
	m, err := s.cfg.Media.DeleteMedia(ctx, account, id)
	if err != nil {
		return err
	}
	return s.cfg.Files.Delete(ctx, m.Path)
}

// BlockedCallers returns the callers the blacklist refuses, newest first.
func (s *Service) BlockedCallers(ctx context.Context, account core.AccountID) ([]BlockedCaller, error) {
	return s.cfg.Blocked.BlockedCallers(ctx, account)
}

// Block puts a phone on the blacklist; one that is there gets the new note.
func (s *Service) Block(ctx context.Context, account core.AccountID, raw, note string, user core.UserID) (BlockedCaller, error) {
	phone, ok := s.cfg.ReadPhone(raw)
	if !ok {
		return BlockedCaller{}, core.Invalid("phone", "bad_phone", "%q is not a phone number; write it like +7 495 123-45-67", raw)
	}
	b := BlockedCaller{Phone: phone, Note: strings.TrimSpace(note), UserID: user, CreatedAt: s.cfg.Clock.Now()}
	return b, s.cfg.Blocked.BlockCaller(ctx, account, b)
}

// Unblock takes a phone from the blacklist; KindNotFound when it is not there.
func (s *Service) Unblock(ctx context.Context, account core.AccountID, phone core.Phone) error {
	return s.cfg.Blocked.UnblockCaller(ctx, account, phone)
}

// FirstTarget says whom a scenario would ring first for a contact now; KindNotFound when the account has no such scenario, KindInvalid with reason
// no_active_number when it would ring nobody.
func (s *Service) FirstTarget(ctx context.Context, account core.AccountID, id core.ScenarioID, contact, number core.Phone) (telephony.Target, error) {
	sc, err := s.cfg.Store.Scenario(ctx, account, id)
	if err != nil {
		return telephony.Target{}, err
	}
	steps, err := s.cfg.Engine.DryRun(ctx, account, sc.Graph, FakeCaller{Phone: contact, Number: number})
	if err != nil {
		return telephony.Target{}, err
	}
	for _, step := range steps {
		if len(step.Rings) > 0 {
			return step.Rings[0], nil
		}
	}
	return telephony.Target{}, core.Invalid("scenario_id", "no_active_number", "the scenario %q rings nobody now", sc.Name)
}
