package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/telephony"
)

// CallByPBX returns a call by its PBX's id. KindNotFound.
func (s *CallStore) CallByPBX(ctx context.Context, ref telephony.CallRef) (telephony.Call, error) {
	q := `SELECT ` + callColumns + ` FROM calls r WHERE r.account_id = $1 AND r.connection_id = $2 AND r.pbx_call_id = $3`
	return s.oneCall(ctx, q, int64(ref.AccountID), int64(ref.ConnectionID), ref.PBXCallID)
}

// Call implements telephony.CallStore.
func (s *CallStore) Call(ctx context.Context, account core.AccountID, id core.CallID) (telephony.Call, error) {
	return s.oneCall(ctx, `SELECT `+callColumns+` FROM calls r WHERE r.account_id = $1 AND r.id = $2`, int64(account), int64(id))
}

func (s *CallStore) oneCall(ctx context.Context, q string, args ...any) (c telephony.Call, err error) {
	err = scanCall(s.db.rawReader().queryRow(ctx, q, args...), &c)
	if errors.Is(err, sql.ErrNoRows) {
		return c, core.NotFound("call")
	}
	return c, translate(err)
}

func (s *CallStore) callList(ctx context.Context, q string, args ...any) ([]telephony.Call, error) {
	var out []telephony.Call
	err := s.db.rawReader().query(ctx, q, args, func(row scanner) error {
		out = append(out, telephony.Call{})
		return scanCall(row, &out[len(out)-1])
	})
	return out, err
}
