package accounts

import (
	"context"
	"time"

	"github.com/skvoz/skvoz/core"
)

const invitationLasts = 7 * 24 * time.Hour

// UserUpdate says what to change of a user.
type UserUpdate struct {
	Name core.Opt[string]
	Role core.Opt[Role]
	// Blocked: true = may not sign in, all sessions end; false = may again.
	Blocked core.Opt[bool]
}

// AccountUpdate says what to change of an account.
type AccountUpdate struct {
	Name, Timezone, Currency core.Opt[string]
}

// InvitationLink is what is handed to an invited person.
type InvitationLink struct {
	User      User
	URL       string
	ExpiresAt time.Time
}

// Account returns the account.
func (s *Service) Account(ctx context.Context, id core.AccountID) (Account, error) {
	return s.store.Account(ctx, id)
}

// UpdateAccount changes the identity's account.
func (s *Service) UpdateAccount(ctx context.Context, id Identity, u AccountUpdate) (Account, error) {
	if u.Name.Set {
		name, err := checkName("name", u.Name.Value)
		if err != nil {
			return Account{}, err
		}
		u.Name.Value = name
	}
	return s.store.UpdateAccount(ctx, id.AccountID, func(a *Account) error {
		a.Name, a.Timezone, a.Currency = u.Name.Or(a.Name), u.Timezone.Or(a.Timezone), u.Currency.Or(a.Currency)
		return firstError(checkTimezone(a.Timezone), checkCurrency(a.Currency))
	})
}

// Me returns the user of the identity.
func (s *Service) Me(ctx context.Context, id Identity) (User, error) {
	return s.store.User(ctx, id.AccountID, id.UserID)
}

// Users returns the users of the identity's account, by name.
func (s *Service) Users(ctx context.Context, id Identity) ([]User, error) {
	return s.store.Users(ctx, id.AccountID)
}

// UpdateProfile changes name or language of the identity's own user.
func (s *Service) UpdateProfile(ctx context.Context, id Identity, name core.Opt[string], language core.Opt[Language]) (User, error) {
	return s.store.ChangeUser(ctx, id.AccountID, id.UserID, func(u *User, _ int) (err error) {
		if name.Set {
			if u.Name, err = checkName("name", name.Value); err != nil {
				return err
			}
		}
		u.Language = language.Or(u.Language)
		return checkLanguage(u.Language)
	})
}

// Invite makes an invited user and a link that works once within 7 days. A role above the identity's own is KindForbidden with reason
// role_too_high, a taken e-mail KindConflict with reason email_taken.
func (s *Service) Invite(ctx context.Context, id Identity, email string, role Role) (InvitationLink, error) {
	address, err := s.checkEmail(email)
	if err != nil {
		return InvitationLink{}, err
	}
	if err := notAbove(id, role); err != nil {
		return InvitationLink{}, err
	}
	inviter, err := s.Me(ctx, id)
	if err != nil {
		return InvitationLink{}, err
	}
	now := s.clock.Now()
	u := User{
		ID: core.UserID(s.ids.New()), AccountID: id.AccountID, Email: address, Role: role,
		Status: StatusInvited, Language: inviter.Language, CreatedAt: now,
	}
	secret := core.NewSecret(secretLength)
	expires := now.Add(invitationLasts)
	if err := s.store.CreateInvited(ctx, u, hashSecret(secret), expires); err != nil {
		return InvitationLink{}, err
	}
	return InvitationLink{User: u, URL: s.inviteURL(secret), ExpiresAt: expires}, nil
}

func (s *Service) inviteURL(secret string) string { return s.publicURL + "/invite?token=" + secret }

// RenewInvitation makes a new link for an invited user; the old one stops working.
func (s *Service) RenewInvitation(ctx context.Context, id Identity, user core.UserID) (InvitationLink, error) {
	u, err := s.store.User(ctx, id.AccountID, user)
	if err != nil {
		return InvitationLink{}, err
	}
	if err := notAbove(id, u.Role); err != nil { // whoever holds the link gets the role
		return InvitationLink{}, err
	}
	secret := core.NewSecret(secretLength)
	expires := s.clock.Now().Add(invitationLasts)
	if u, err = s.store.RenewInvitation(ctx, id.AccountID, user, hashSecret(secret), expires); err != nil {
		return InvitationLink{}, err
	}
	return InvitationLink{User: u, URL: s.inviteURL(secret), ExpiresAt: expires}, nil
}

// Invitation returns an open invitation, or KindNotFound when the link is wrong, used or over.
func (s *Service) Invitation(ctx context.Context, secret string) (Invitation, error) {
	return s.store.Invitation(ctx, hashSecret(secret))
}

// AcceptInvitation makes the invited user active with a name and a password; the link works once. A wrong, used or old link is KindConflict
// with reason link_used.
func (s *Service) AcceptInvitation(ctx context.Context, secret, name, password string, language core.Opt[Language]) (User, error) {
	used := core.E(core.KindConflict, "the invitation is wrong, used or over; ask for a new one").WithReason("link_used").WithField("token")
	invitation, err := s.Invitation(ctx, secret)
	if core.KindOf(err) == core.KindNotFound {
		return User{}, used
	}
	if err != nil {
		return User{}, err
	}
	a := Acceptance{Language: language.Or(invitation.User.Language)}
	if a.Name, err = checkName("name", name); err != nil {
		return User{}, err
	}
	if err := firstError(checkPassword("password", password, invitation.User.Email), checkLanguage(a.Language)); err != nil {
		return User{}, err
	}
	if a.PasswordHash, err = s.passwords.Hash(ctx, password); err != nil {
		return User{}, err
	}
	u, err := s.store.AcceptInvitation(ctx, hashSecret(secret), a)
	if core.KindOf(err) == core.KindNotFound {
		return User{}, used
	}
	return u, err
}

// UpdateUser changes another user. Users above the identity's role, and roles above it, are KindForbidden with reason role_too_high; one's own
// role and state are KindConflict with reason own_user, the last active owner's with reason last_owner.
func (s *Service) UpdateUser(ctx context.Context, id Identity, user core.UserID, update UserUpdate) (User, error) {
	if user == id.UserID && (update.Role.Set || update.Blocked.Set) {
		return User{}, core.E(core.KindConflict, "nobody can change their own role or block themselves").WithReason("own_user")
	}
	return s.store.ChangeUser(ctx, id.AccountID, user, func(u *User, otherOwners int) error {
		wasOwner := u.isActiveOwner()
		if err := notAbove(id, max(u.Role, update.Role.Or(u.Role))); err != nil {
			return err
		}
		if err := update.apply(u); err != nil {
			return err
		}
		if wasOwner && !u.isActiveOwner() && otherOwners == 0 {
			return errLastOwner()
		}
		return nil
	})
}

func (update UserUpdate) apply(u *User) (err error) {
	if update.Name.Set {
		if u.Name, err = checkName("name", update.Name.Value); err != nil {
			return err
		}
	}
	u.Role = update.Role.Or(u.Role)
	if !update.Blocked.Set {
		return nil
	}
	switch {
	case u.Status == StatusInvited:
		return core.E(core.KindConflict, "an invited user can't be blocked; delete the invitation instead").WithReason("user_invited").WithField("blocked")
	case update.Blocked.Value:
		u.Status = StatusBlocked
	default:
		u.Status = StatusActive
	}
	return nil
}

// DeleteUser deletes another user with their sessions and tokens. The errors are those of UpdateUser.
func (s *Service) DeleteUser(ctx context.Context, id Identity, user core.UserID) error {
	if user == id.UserID {
		return core.E(core.KindConflict, "nobody can delete themselves").WithReason("own_user")
	}
	return s.store.DeleteUser(ctx, id.AccountID, user, func(u User, otherOwners int) error {
		if err := notAbove(id, u.Role); err != nil {
			return err
		}
		if u.isActiveOwner() && otherOwners == 0 {
			return errLastOwner()
		}
		return nil
	})
}

func (u User) isActiveOwner() bool { return u.Role == RoleOwner && u.Status == StatusActive }

func errLastOwner() error {
	return core.E(core.KindConflict, "the last owner stays; make somebody else an owner first").WithReason("last_owner")
}

func notAbove(id Identity, role Role) error {
	if role > id.Role {
		return core.E(core.KindForbidden, "this role is above your own").WithReason("role_too_high").WithField("role")
	}
	return nil
}
