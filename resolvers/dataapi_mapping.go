package resolvers

import (
	"context"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/graph/model"
)

// networks answers a change of the allow-list with the list as it is now.
func (r *Resolver) networks(ctx context.Context, account core.AccountID, err error) (*model.AllowedNetworksPayload, error) {
	if err != nil {
		return nil, err
	}
	list, err := r.Accounts.AllowedNetworks(ctx, account)
	return &model.AllowedNetworksPayload{Networks: list}, err
}

func dataAPICalls(p core.Page[accounts.DataAPICall], err error) (*model.DataAPICallConnection, error) {
	if err != nil {
		return nil, err
	}
	return &model.DataAPICallConnection{Nodes: p.Nodes, PageInfo: pageInfo(p)}, nil
}
