package dataapi

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/skvoz/skvoz/core"
)

// refusal is a documented error of the API; clients tell errors apart by the mnemonic.
type refusal struct {
	code     int
	mnemonic string
	message  string
}

// The documented errors. Their words, misspelt ones included, are the original's.
var (
	parseError                   = refusal{-32700, "parse_error", "Invalid JSON was received by the server."}
	invalidRequest               = refusal{-32600, "invalid_request", "Invalid Request The JSON sent is not a valid Request object"}
	methodNotFound               = refusal{-32601, "method_not_found", "The method does not exist / is not available"}
	batchNotSupported            = refusal{-32099, "batch_opreations_not_supported", "Batch operations not supported"}
	notificationsNotSupported    = refusal{-32099, "notifications_not_supported", "Notifications not supported"}
	dataTypeError                = refusal{-32602, "data_type_error", "Data supplied is of wrong type"}
	requiredParameterMissed      = refusal{-32602, "required_parameter_missed", "The required parameter has been missed"}
	invalidParameterValue        = refusal{-32602, "invalid_parameter_value", "Invalid parameter value"}
	unexpectedParameters         = refusal{-32602, "unexpected_parameters", "Unexpected method parameter(s)"}
	invalidParametersCombination = refusal{-32602, "invalid_parameters_combination", "The combination of parameters is not permitted"}
	sortProhibited               = refusal{-32602, "sort_prohibited", "Sort by parameter is prohibited"}
	filterProhibited             = refusal{-32602, "filter_prohibited", "Filter by parameter is prohibited"}
	entityNotFound               = refusal{-32602, "entity_not_found", "Entity not found"}
	dependencyError              = refusal{-32602, "dependency_error", "You have interdependet entities"}
	duplicateEntity              = refusal{-32602, "duplicate_entity", "Duplicate entity"}
	invalidDateTime              = refusal{-32602, "invalid_date_time", "Invalid date time"}
	dataLimitExceeded            = refusal{-32602, "data_limit_exceeded", "A new data limit has been exceeded"}
	freeError                    = refusal{-32602, "error", "%s"}
	internalError                = refusal{-32603, "internal_error", "Internal error, contact the support service"}
	accessTokenExpired           = refusal{-32001, "access_token_expired", "Access token has been expired"}
	accessTokenBlocked           = refusal{-32001, "access_token_blocked", "Access token has been blocked"}
	accessTokenInvalid           = refusal{-32001, "access_token_invalid", "Access token is invalid"}
	authError                    = refusal{-32001, "auth_error", "Login or password is wrong"}
	ipNotWhitelisted             = refusal{-32003, "ip_not_whitelisted", "Your IP %s is not whitelisted"}
	forbidden                    = refusal{-32003, "forbidden", "Permission denied"}
	limitExceeded                = refusal{-32029, "limit_exceeded", "Limit per %[1]s has been exceeded. Value of current limit per %[1]s is %[2]d"}
)

// reasons are the refusals that services name in core.Error.Reason.
var reasons = map[string]refusal{
	"entity_not_found": entityNotFound, "duplicate_entity": duplicateEntity, "dependency_error": dependencyError,
	"invalid_parameter_value": invalidParameterValue, "invalid_date_time": invalidDateTime, "required_parameter_missed": requiredParameterMissed,
	"invalid_parameters_combination": invalidParametersCombination, "data_limit_exceeded": dataLimitExceeded, "forbidden": forbidden,
	"unexpected_parameters": unexpectedParameters, "data_type_error": dataTypeError,
	"filter_prohibited": filterProhibited, "sort_prohibited": sortProhibited,
	"access_token_invalid": accessTokenInvalid, "access_token_expired": accessTokenExpired, "access_token_blocked": accessTokenBlocked,
	"wrong_credentials": authError, "user_blocked": accessTokenBlocked,
}

// kinds are the refusals for errors without a reason the API knows; what is not here is told in words.
var kinds = map[core.Kind]refusal{
	core.KindNotFound: entityNotFound, core.KindForbidden: forbidden, core.KindUnauthenticated: accessTokenInvalid,
	core.KindInternal: internalError, core.KindUnavailable: internalError,
}

// advices say what to do where the service's own words are not for callers of the API.
var advices = map[string]string{ //nolint:gosec // words, no secrets
	"access_token_invalid": "make a key in the cabinet, or begin a new session with login.user",
	"access_token_expired": "make a new key in the cabinet, or begin a new session with login.user",
	"access_token_blocked": "the key's user is blocked; ask an administrator of the account",
	"auth_error":           "check login and password; the login is the e-mail of the cabinet",
}

// fault is an error on its way to the caller.
type fault struct {
	refusal
	field  string
	value  any
	params map[string]any
}

// refuse makes a fault; args fill the message.
func refuse(r refusal, args ...any) *fault {
	if len(args) > 0 {
		r.message = fmt.Sprintf(r.message, args...)
	}
	return &fault{refusal: r, params: map[string]any{}}
}

// at names the parameter at fault, with dots: deals.3.stage_ext_id.
func (f *fault) at(field string) *fault { f.field = field; return f }

// sent keeps what was sent there.
func (f *fault) sent(value any) *fault { f.value = value; return f }

// with adds a value the message is about.
func (f *fault) with(name string, value any) *fault { f.params[name] = value; return f }

// because says in words for people what is wrong and what to do.
func (f *fault) because(format string, args ...any) *fault {
	return f.with("detail", fmt.Sprintf(format, args...))
}

// Error returns the message with everything said about it.
func (f *fault) Error() string { return f.mnemonic + ": " + f.text() }

// text is what the journal keeps.
func (f *fault) text() string {
	text := f.message
	if f.field != "" {
		text += " [" + shorten(f.field) + "]"
	}
	if detail, ok := f.params["detail"].(string); ok {
		text += ": " + detail
	}
	if runes := []rune(text); len(runes) > maxJournalText {
		text = string(runes[:maxJournalText]) + "…"
	}
	return strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "\ufffd") // what every database can keep
}

// maxJournalText bounds an error's text in the journal, in characters.
const maxJournalText = 500

// toFault puts any error into the API's words.
func toFault(err error, params map[string]any, method string) *fault {
	if f, ok := err.(*fault); ok { //nolint:errorlint // faults are never wrapped
		return f
	}
	known := core.AsError(err)
	r, ok := reasons[known.Reason]
	if !ok || known.Kind == core.KindInternal {
		r, ok = kinds[known.Kind]
	}
	if !ok {
		return told(known, params)
	}
	if r == forbidden && strings.HasPrefix(method, "delete.") {
		r.code = -32602 // the original's code for entities that nobody may delete
	}
	f := refuse(r)
	if r == internalError {
		if known.Kind == core.KindUnavailable {
			f = f.because("try again in some seconds")
		}
		return f
	}
	switch advice, ok := advices[r.mnemonic]; {
	case ok:
		f = f.because("%s", advice)
	case known.Message != "":
		f = f.because("%s", known.Message)
	}
	return f.about(known, params)
}

// told makes a fault of an error the API has no word for: its message is free text.
func told(known *core.Error, params map[string]any) *fault {
	switch known.Kind {
	case core.KindRateLimited:
		f := refuse(limitExceeded, "login", loginTries).with("limit_type", "login").with("limit_max_value", loginTries)
		return f.because("too many tries; try again in %d seconds", int(known.RetryAfter.Seconds())+1)
	case core.KindInvalid:
		return refuse(invalidParameterValue).because("%s", known.Message).about(known, params)
	default:
		return refuse(freeError, known.Message).about(known, params)
	}
}

// loginTries is how many wrong passwords in a row are possible before a minute must pass for each further one.
const loginTries = 10

func (f *fault) about(known *core.Error, params map[string]any) *fault {
	f.field, f.value = known.Field, valueAt(params, known.Field)
	if f.value == nil {
		f.value = known.Value
	}
	return f
}

// valueAt finds what was sent under a dotted path; nil when there is nothing.
func valueAt(v any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		switch inner := v.(type) {
		case map[string]any:
			v = inner[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(inner) {
				return nil
			}
			v = inner[i]
		default:
			return nil
		}
	}
	return v
}
