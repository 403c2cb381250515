package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/skvoz/skvoz/core"
	"github.com/skvoz/skvoz/core/accounts"
	"github.com/skvoz/skvoz/core/sites"
)

type accountCommand struct {
	Create accountCreate `cmd:"" help:"Make an account with its owner. The password is read from standard input, or asked for at a terminal."`
}

type accountCreate struct {
	storage
	output
	Name     string `required:"" help:"Name of the account (company)."`
	Email    string `required:"" help:"E-mail of the owner, used to sign in."`
	Owner    string `help:"Name of the owner; the e-mail's first part when absent."`
	Timezone string `default:"Europe/Moscow" help:"IANA time zone in which the account's days begin."`
	Currency string `default:"RUB" help:"ISO 4217 currency of costs and revenue."`
	Language string `default:"ru" enum:"ru,en" help:"Language of the owner's cabinet: ru or en."`
}

// Run makes the account.
func (c *accountCreate) Run(ctx context.Context, p *Process) error {
	password, err := readPassword(p)
	if err != nil {
		return err
	}
	db, services, err := c.open(ctx, p)
	if err != nil {
		return err
	}
	defer closeQuietly(db, slog.Default())
	owner := c.Owner
	if owner == "" {
		owner, _, _ = strings.Cut(c.Email, "@")
	}
	account, user, err := services.accounts.CreateAccount(ctx, accounts.Founding{
		AccountName: c.Name, Timezone: c.Timezone, Currency: c.Currency, Name: owner, Email: c.Email, Password: password, Language: accounts.Language(c.Language),
	})
	if err != nil {
		return err
	}
	text := fmt.Sprintf("Account %s is made; its owner %s signs in with %s.", account.ID, user.Name, user.Email)
	return c.print(p, text, map[string]any{"account_id": account.ID.String(), "user_id": user.ID.String(), "email": user.Email})
}

// readPassword reads a line from a pipe, or asks twice at a terminal without showing what is typed.
func readPassword(p *Process) (string, error) {
	if p.In == nil {
		return "", errors.New("the password is expected on standard input")
	}
	fd := int(p.In.Fd())
	if !term.IsTerminal(fd) {
		line, err := bufio.NewReader(io.LimitReader(p.In, 4096)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("reading the password: %w", err)
		}
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			return "", errors.New("the password is expected on standard input, as one line")
		}
		return line, nil
	}
	ask := func(prompt string) (string, error) {
		_, _ = fmt.Fprint(p.Err, prompt)
		raw, err := term.ReadPassword(fd)
		_, _ = fmt.Fprintln(p.Err)
		return string(raw), err
	}
	first, err := ask("Password: ")
	if err != nil {
		return "", err
	}
	again, err := ask("Password again: ")
	if err != nil {
		return "", err
	}
	if first != again {
		return "", errors.New("the two passwords differ; nothing was changed")
	}
	return first, nil
}

type siteCommand struct {
	Create siteCreate `cmd:"" help:"Add a site to an account."`
}

type siteCreate struct {
	ofAccount
	Domain string `required:"" help:"The site's domain."`
	Name   string `help:"Name in lists; the domain when absent."`
}

// Run adds the site.
func (c *siteCreate) Run(ctx context.Context, p *Process) error {
	return c.with(ctx, p, func(all *services, id core.AccountID) error {
		site, err := all.sites.Create(ctx, id, sites.Create{Domain: c.Domain, Name: c.Name})
		if err != nil {
			return err
		}
		text := fmt.Sprintf("Site %s is added. Its key is %s.", site.Domain, site.SiteKey)
		return c.print(p, text, map[string]any{"site_id": site.ID.String(), "site_key": site.SiteKey, "domain": site.Domain})
	})
}

type tokenCommand struct {
	Create tokenCreate `cmd:"" help:"Make an API token that acts for a user. It is printed once."`
}

type tokenCreate struct {
	storage
	output
	Email   string        `required:"" help:"E-mail of the user the token acts for."`
	Scope   []string      `required:"" help:"What it may do: read, write, chats, data-api, attribution; several by comma or by repeating the flag."`
	Name    string        `default:"command line" help:"What it is for."`
	Expires time.Duration `help:"How long it works, e.g. 720h; without it the token is permanent."`
}

// Run makes the token.
func (c *tokenCreate) Run(ctx context.Context, p *Process) error {
	db, services, err := c.open(ctx, p)
	if err != nil {
		return err
	}
	defer closeQuietly(db, slog.Default())
	wanted := accounts.NewToken{Name: c.Name}
	for _, s := range c.Scope {
		wanted.Scopes = append(wanted.Scopes, accounts.Scope(s))
	}
	if c.Expires != 0 {
		at := db.Clock.Now().Add(c.Expires)
		wanted.ExpiresAt = &at
	}
	secret, token, err := services.accounts.CreateTokenFor(ctx, c.Email, wanted)
	if err != nil {
		return err
	}
	return c.print(p, secret, map[string]any{"token": secret, "token_id": token.ID.String()})
}

type ipCommand struct {
	Allow ipAllow `cmd:"" help:"Let an address or a network call the Data API; 0.0.0.0/0 lets everybody in."`
	Deny  ipDeny  `cmd:"" help:"Take an address or a network off the list."`
	List  ipList  `cmd:"" help:"Show the list. An empty one lets nobody in."`
}

type ipAllow struct {
	ofAccount
	Network string `arg:"" name:"cidr" help:"Address (203.0.113.7) or network (203.0.113.0/24)."`
	Comment string `help:"What it is for."`
}

// Run lets the network in.
func (c *ipAllow) Run(ctx context.Context, p *Process) error {
	return c.with(ctx, p, func(all *services, id core.AccountID) error {
		n, err := all.accounts.AllowNetwork(ctx, id, c.Network, c.Comment)
		if err != nil {
			return err
		}
		text := fmt.Sprintf("%s may call the Data API of account %s.", n.Network, id)
		return c.print(p, text, map[string]any{"account_id": id.String(), "network": n.Network, "comment": n.Comment})
	})
}

type ipDeny struct {
	ofAccount
	Network string `arg:"" name:"cidr" help:"Address or network, as the list shows it."`
}

// Run takes the network off.
func (c *ipDeny) Run(ctx context.Context, p *Process) error {
	return c.with(ctx, p, func(all *services, id core.AccountID) error {
		if err := all.accounts.RemoveNetwork(ctx, id, c.Network); err != nil {
			return err
		}
		return c.print(p, fmt.Sprintf("%s is off the list.", c.Network), map[string]any{"account_id": id.String(), "network": c.Network})
	})
}

type ipList struct{ ofAccount }

// Run shows the list.
func (c *ipList) Run(ctx context.Context, p *Process) error {
	return c.with(ctx, p, func(all *services, id core.AccountID) error {
		list, err := all.accounts.AllowedNetworks(ctx, id)
		if err != nil {
			return err
		}
		lines, rows := []string{}, []map[string]any{}
		for _, n := range list {
			lines = append(lines, strings.TrimSpace(n.Network+"  "+n.Comment))
			rows = append(rows, map[string]any{"network": n.Network, "comment": n.Comment, "created_at": n.CreatedAt})
		}
		if len(lines) == 0 {
			lines = append(lines, "The list is empty: nobody may call the Data API.")
		}
		return c.print(p, strings.Join(lines, "\n"), map[string]any{"account_id": id.String(), "networks": rows})
	})
}

type healthcheckCommand struct {
	Listen string `env:"SKVOZ_LISTEN" default:":8080" placeholder:"ADDRESS" help:"Address the server listens on."`
}

// Run asks /readyz and fails unless the answer is 200.
func (c *healthcheckCommand) Run(ctx context.Context) error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready: %s", resp.Status)
	}
	return nil
}
