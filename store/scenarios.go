package store

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/scenarios"
)

var (
	_ scenarios.ScenarioStore = (*DB)(nil)
	_ scenarios.MediaStore    = (*DB)(nil)
	_ scenarios.Blocklist     = (*DB)(nil)
	_ scenarios.References    = (*DB)(nil)
)

type scenarioRow struct {
	AccountID core.AccountID  `gorm:"primaryKey;autoIncrement:false"`
	ID        core.ScenarioID `gorm:"primaryKey;autoIncrement:false"`
	Name      string
	Graph     string
	Version   int
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	ChangedAt int64
	DeletedAt *int64
}

func (scenarioRow) TableName() string { return "scenarios" }

func (r scenarioRow) scenario() (scenarios.Scenario, error) {
	s := scenarios.Scenario{ID: r.ID, AccountID: r.AccountID, Name: r.Name, Version: r.Version, CreatedAt: fromMillis(r.CreatedAt), ChangedAt: fromMillis(r.ChangedAt)}
	if err := json.Unmarshal([]byte(r.Graph), &s.Graph); err != nil {
		return scenarios.Scenario{}, fmt.Errorf("reading the graph of scenario %d: %w", r.ID, err)
	}
	return s, nil
}

func newScenarioRow(s scenarios.Scenario) (scenarioRow, error) {
	graph, err := json.Marshal(s.Graph)
	if err != nil {
		return scenarioRow{}, fmt.Errorf("encoding a scenario: %w", err)
	}
	return scenarioRow{
		AccountID: s.AccountID, ID: s.ID, Name: s.Name, Graph: string(graph), Version: s.Version, CreatedAt: millis(s.CreatedAt), ChangedAt: millis(s.ChangedAt),
	}, nil
}

// Scenarios implements scenarios.ScenarioStore.
func (db *DB) Scenarios(ctx context.Context, account core.AccountID) ([]scenarios.Scenario, error) {
	var rows []scenarioRow
	if err := db.reader(ctx).Where("account_id = ? AND deleted_at IS NULL", account).Order("name, id").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	list, err := convert(rows, scenarioRow.scenario)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	numbers := map[core.ScenarioID]int{}
	q := `SELECT scenario_id, COUNT(*) FROM virtual_numbers WHERE account_id = $1 AND scenario_id <> 0 AND deleted_at IS NULL GROUP BY scenario_id`
	err = db.rawReader().query(ctx, q, []any{account}, func(row scanner) error {
		var id core.ScenarioID
		var n int
		err := row.Scan(&id, &n)
		numbers[id] = n
		return err
	})
	for i := range list {
		list[i].Numbers = numbers[list[i].ID]
	}
	return list, err
}

// Scenario implements scenarios.ScenarioStore.
func (db *DB) Scenario(ctx context.Context, account core.AccountID, id core.ScenarioID) (scenarios.Scenario, error) {
	row, err := takeScenario(db.reader(ctx), account, id)
	if err != nil {
		return scenarios.Scenario{}, err
	}
	s, err := row.scenario()
	if err != nil {
		return s, err
	}
	q := `SELECT COUNT(*) FROM virtual_numbers WHERE account_id = $1 AND scenario_id = $2 AND deleted_at IS NULL`
	return s, translate(db.rawReader().queryRow(ctx, q, account, id).Scan(&s.Numbers))
}

func takeScenario(tx *gorm.DB, account core.AccountID, id core.ScenarioID) (scenarioRow, error) {
	var row scenarioRow
	err := translate(tx.Where("account_id = ? AND id = ? AND deleted_at IS NULL", account, id).Take(&row).Error)
	if core.KindOf(err) == core.KindNotFound && err != nil {
		return row, core.NotFound("scenario")
	}
	return row, err
}

// CreateScenario implements scenarios.ScenarioStore.
func (db *DB) CreateScenario(ctx context.Context, s scenarios.Scenario, limit int) (scenarios.Scenario, error) {
	now := fromMillis(db.now())
	s.ID, s.Version, s.CreatedAt, s.ChangedAt = core.ScenarioID(db.ids.New()), 1, now, now
	row, err := newScenarioRow(s)
	if err != nil {
		return scenarios.Scenario{}, err
	}
	err = db.inTx(ctx, func(tx *gorm.DB) error {
		present := tx.Model(scenarioRow{}).Where("account_id = ? AND deleted_at IS NULL", s.AccountID)
		if err := refuseAbove(present, limit, "scenarios"); err != nil {
			return err
		}
		return nameTaken(tx.Create(&row).Error)
	})
	return s, err
}

// nameTaken says what a conflict of a unique name is about.
func nameTaken(err error) error {
	if err = translate(err); err != nil && core.KindOf(err) == core.KindConflict {
		return core.E(core.KindConflict, "there is one of that name").WithReason("name_taken").WithField("name").WithCause(err)
	}
	return err
}

// UpdateScenario implements scenarios.ScenarioStore.
func (db *DB) UpdateScenario(ctx context.Context, s scenarios.Scenario) (scenarios.Scenario, error) {
	err := db.inTx(ctx, func(tx *gorm.DB) error {
		old, err := takeScenario(forUpdate(tx), s.AccountID, s.ID)
		if err != nil {
			return err
		}
		if old.Version != s.Version {
			return core.E(core.KindConflict, "somebody changed the scenario meanwhile: load it anew").WithReason("changed_meanwhile")
		}
		s.Version, s.CreatedAt, s.ChangedAt = old.Version+1, fromMillis(old.CreatedAt), fromMillis(db.now())
		row, err := newScenarioRow(s)
		if err != nil {
			return err
		}
		return nameTaken(tx.Select("*").Updates(&row).Error)
	})
	if err != nil {
		return scenarios.Scenario{}, err
	}
	return db.Scenario(ctx, s.AccountID, s.ID)
}

// DeleteScenario implements scenarios.ScenarioStore.
func (db *DB) DeleteScenario(ctx context.Context, account core.AccountID, id core.ScenarioID) error {
	all, err := db.Scenarios(ctx, account)
	if err != nil {
		return err
	}
	for _, s := range all {
		for _, o := range s.Graph.Operations {
			if s.ID != id && o.Type == scenarios.TypeGoto && o.Settings.First("scenario") == id.String() {
				return core.E(core.KindConflict, fmt.Sprintf("the scenario %q leads to it: change that first", s.Name)).WithReason("in_use")
			}
		}
	}
	return db.inTx(ctx, func(tx *gorm.DB) error {
		if _, err := takeScenario(forUpdate(tx), account, id); err != nil {
			return err
		}
		var numbers int64
		if err := tx.Table("virtual_numbers").Where("account_id = ? AND scenario_id = ? AND deleted_at IS NULL", account, id).Count(&numbers).Error; err != nil {
			return err
		}
		if numbers > 0 {
			return core.E(core.KindConflict, fmt.Sprintf("%d numbers use the scenario: give them another one first", numbers)).WithReason("in_use")
		}
		return tx.Model(scenarioRow{}).Where("account_id = ? AND id = ?", account, id).Update("deleted_at", db.now()).Error
	})
}

type mediaRow struct {
	AccountID   core.AccountID `gorm:"primaryKey;autoIncrement:false"`
	ID          core.MediaID   `gorm:"primaryKey;autoIncrement:false"`
	Name        string
	ContentType string
	Bytes       int64
	DurationMS  int64  `gorm:"column:duration_ms"`
	SHA256      string `gorm:"column:sha256"`
	Path        string
	CreatedAt   int64 `gorm:"autoCreateTime:false"`
	DeletedAt   *int64
}

func (mediaRow) TableName() string { return "media_files" }

func (r mediaRow) media() (scenarios.Media, error) {
	return scenarios.Media{
		ID: r.ID, AccountID: r.AccountID, Name: r.Name, ContentType: r.ContentType, Bytes: r.Bytes, SHA256: r.SHA256, Path: r.Path, CreatedAt: fromMillis(r.CreatedAt),
	}, nil
}

// MediaFiles implements scenarios.MediaStore.
func (db *DB) MediaFiles(ctx context.Context, account core.AccountID) ([]scenarios.Media, error) {
	var rows []mediaRow
	if err := db.reader(ctx).Where("account_id = ? AND deleted_at IS NULL", account).Order("name, id").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	return convert(rows, mediaRow.media)
}

// AddMedia implements scenarios.MediaStore.
func (db *DB) AddMedia(ctx context.Context, m scenarios.Media) (scenarios.Media, error) {
	m.ID, m.CreatedAt = core.MediaID(db.ids.New()), fromMillis(db.now())
	row := mediaRow{
		AccountID: m.AccountID, ID: m.ID, Name: m.Name, ContentType: m.ContentType, Bytes: m.Bytes, SHA256: m.SHA256, Path: m.Path, CreatedAt: millis(m.CreatedAt),
	}
	return m, db.inTx(ctx, func(tx *gorm.DB) error { return tx.Create(&row).Error })
}

// DeleteMedia implements scenarios.MediaStore.
func (db *DB) DeleteMedia(ctx context.Context, account core.AccountID, id core.MediaID) (scenarios.Media, error) {
	var row mediaRow
	err := db.inTx(ctx, func(tx *gorm.DB) error {
		err := forUpdate(tx).Where("account_id = ? AND id = ? AND deleted_at IS NULL", account, id).Take(&row).Error
		if err = translate(err); err != nil {
			return err
		}
		return tx.Model(mediaRow{}).Where("account_id = ? AND id = ?", account, id).Update("deleted_at", db.now()).Error
	})
	if core.KindOf(err) == core.KindNotFound && err != nil {
		return scenarios.Media{}, core.NotFound("sound")
	}
	m, _ := row.media()
	return m, err
}

type blockedCallerRow struct {
	AccountID core.AccountID `gorm:"primaryKey;autoIncrement:false"`
	Phone     core.Phone     `gorm:"primaryKey"`
	Note      string
	UserID    core.UserID
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}

func (blockedCallerRow) TableName() string { return "blocked_callers" }

func (r blockedCallerRow) caller() (scenarios.BlockedCaller, error) {
	return scenarios.BlockedCaller{Phone: r.Phone, Note: r.Note, UserID: r.UserID, CreatedAt: fromMillis(r.CreatedAt)}, nil
}

// BlockedCallers implements scenarios.Blocklist.
func (db *DB) BlockedCallers(ctx context.Context, account core.AccountID) ([]scenarios.BlockedCaller, error) {
	var rows []blockedCallerRow
	if err := db.reader(ctx).Where("account_id = ?", account).Order("created_at DESC, phone").Find(&rows).Error; err != nil {
		return nil, translate(err)
	}
	return convert(rows, blockedCallerRow.caller)
}

// BlockCaller implements scenarios.Blocklist.
func (db *DB) BlockCaller(ctx context.Context, account core.AccountID, b scenarios.BlockedCaller) error {
	row := blockedCallerRow{AccountID: account, Phone: b.Phone, Note: b.Note, UserID: b.UserID, CreatedAt: millis(b.CreatedAt)}
	return db.inTx(ctx, func(tx *gorm.DB) error { return tx.Save(&row).Error })
}

// UnblockCaller implements scenarios.Blocklist.
func (db *DB) UnblockCaller(ctx context.Context, account core.AccountID, phone core.Phone) error {
	return db.inTx(ctx, func(tx *gorm.DB) error {
		res := tx.Where("account_id = ? AND phone = ?", account, phone).Delete(blockedCallerRow{})
		if res.Error == nil && res.RowsAffected == 0 {
			return core.NotFound("blocked caller")
		}
		return res.Error
	})
}

// IsBlocked implements scenarios.Blocklist.
func (db *DB) IsBlocked(ctx context.Context, account core.AccountID, phone core.Phone) (blocked bool, err error) {
	q := `SELECT EXISTS (SELECT 1 FROM blocked_callers WHERE account_id = $1 AND phone = $2)`
	err = db.rawReader().queryRow(ctx, q, account, phone).Scan(&blocked)
	return blocked, translate(err)
}

// referenced are the tables the settings of operations name rows of.
var referenced = map[scenarios.FieldType]string{
	scenarios.FieldEmployee:    "employees WHERE deleted_at IS NULL AND",
	scenarios.FieldGroup:       "employee_groups WHERE",
	scenarios.FieldSchedule:    "schedules WHERE",
	scenarios.FieldMedia:       "media_files WHERE deleted_at IS NULL AND",
	scenarios.FieldScenario:    "scenarios WHERE deleted_at IS NULL AND",
	scenarios.FieldIntegration: "integrations WHERE",
	scenarios.FieldTag:         "call_tags WHERE",
}

// Exists implements scenarios.References.
func (db *DB) Exists(ctx context.Context, account core.AccountID, kind scenarios.FieldType, ids []int64) (map[int64]bool, error) {
	out := make(map[int64]bool, len(ids))
	from, ok := referenced[kind]
	if !ok {
		return out, nil
	}
	err := db.rawReader().query(ctx, "SELECT id FROM "+from+" account_id = $1 AND id {in $2}", []any{account, idsArg(db.Engine, ids)}, func(row scanner) error {
		var id int64
		err := row.Scan(&id)
		out[id] = true
		return err
	})
	return out, err
}
