package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/visits"
)

// sources is how many different traffic sources there are.
const sources = 40

// The statements that make the data: $1 the account, $2 how many visitors, $3 now. A visitor has four sessions, a phone, every other one an e-mail;
// every visitor has one communication.
var seeds = []string{
	`INSERT INTO sites (account_id, id, domain, name, site_key, key, settings, created_at) SELECT $1, 1, 'bench.example', 'Bench', 'k1', 'k2', '{}', $3 WHERE $2 > 0`,
	`INSERT INTO dimensions (account_id, id, kind, value) SELECT $1, i, CASE WHEN i <= 500 THEN 1 ELSE 3 END, 'https://bench.example/catalogue/item-' || i || '?color=red&size=' || i
		FROM generate_series(1, 1000) i WHERE $2 > 0 AND $3 > 0`,
	`INSERT INTO visitors (account_id, id, site_id, name, name_search, first_seen_at, last_session_at, last_session_id, session_count, earlier_hits, first_traffic_id, first_referrer_id,
			last_traffic_id, has_contacts, person_id)
		SELECT $1, 1000000 + v, 1, 'Анна Петрова ' || v, 'анна петрова ' || v, $3 - v * 60000 - 300000000, $3 - v * 60000, 4000000 + v * 4 + 3, 4, 9, 1 + v % 40, 501 + v % 500,
			1 + (v + 3) % 40, TRUE, 1000000 + v FROM generate_series(1, $2) v`,
	`INSERT INTO sessions (account_id, id, site_id, visitor_id, number, started_at, last_activity_at, hit_count, visible_ms, entrance_page_id, exit_page_id, exit_title_id, referrer_id,
			traffic_id, campaign_id, device_type, browser, os, language, screen, ip, country, region, city, click_ids)
		SELECT $1, 4000000 + v * 4 + n, 1, 1000000 + v, n + 1, $3 - v * 60000 - (3 - n) * 100000000, $3 - v * 60000 - (3 - n) * 100000000 + 200000, 3, 180000, 1 + v % 500,
			1 + (v + n) % 500, 0, 501 + (v + n) % 500, 1 + (v + n) % 40, 0, 'desktop', 'Chrome 143', 'Windows 10', 'ru-RU', '1920x1080', '192.0.2.' || v % 250, 'RU', 'Москва', 'Москва', ''
		FROM generate_series(1, $2) v, generate_series(0, 3) n`,
	`INSERT INTO visitor_contacts (account_id, visitor_id, kind, value, first_at, origin)
		SELECT $1, 1000000 + v, 'phone', '7926' || lpad(v::text, 7, '0'), $3 - v * 60000, 'visitor_info' FROM generate_series(1, $2) v`,
	`INSERT INTO visitor_contacts (account_id, visitor_id, kind, value, first_at, origin)
		SELECT $1, 1000000 + v, 'email', 'anna' || v || '@example.com', $3 - v * 60000, 'visitor_info' FROM generate_series(1, $2) v WHERE v % 2 = 0`,
	`INSERT INTO communications (account_id, id, kind, site_id, at, name, name_search, phone, email, visitor_id, session_id, hit_id, goal_id, goal_reach_id, message, form_name,
			sale_currency, user_fields, page_url, external_id, created_at)
		SELECT $1, v, CASE v % 3 WHEN 0 THEN 'chat' ELSE 'offline_message' END, 1, $3 - v * 50000, 'Анна Петрова ' || v, 'анна петрова ' || v, '7926' || lpad(v::text, 7, '0'), '',
			1000000 + 1 + (v * 7) % $2, 4000000 + (1 + (v * 7) % $2) * 4 + 3, 0, 0, 0, 'Перезвоните мне, пожалуйста', 'callback', '', '[]', 'https://bench.example/', '', $3
		FROM generate_series(1, $2) v`,
}

func seed(ctx context.Context, dsn string, account core.AccountID, visitors int) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	now := time.Now().Truncate(time.Second).UnixMilli()
	for _, statement := range seeds {
		statement = strings.NewReplacer("$1", "$1::bigint", "$2", "$2::bigint", "$3", "$3::bigint").Replace(statement)
		if _, err := conn.Exec(ctx, statement, int64(account), visitors, now); err != nil {
			return fmt.Errorf("seeding: %w: %s", err, statement)
		}
	}
	channels := []visits.Channel{visits.ChannelPaid, visits.ChannelOrganic, visits.ChannelSocial, visits.ChannelReferral, visits.ChannelDirect}
	for i := range sources {
		_, err := conn.Exec(ctx, `INSERT INTO traffic_sources (account_id, id, channel, source, medium, campaign, term, content, referrer_domain, search_engine, engine, is_paid)
			VALUES ($1, $2, $3, $4, 'cpc', $5, 'buy a kettle', 'banner-1', 'yandex.ru', 'yandex', 'yandex.direct', TRUE)`,
			int64(account), i+1, string(channels[i%len(channels)]), fmt.Sprintf("yandex-%d", i), fmt.Sprintf("spring-%d", i))
		if err != nil {
			return fmt.Errorf("seeding: %w", err)
		}
	}
	_, err = conn.Exec(ctx, "ANALYZE")
	return err
}
