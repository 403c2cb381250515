package mango

import "github.com/skvoz/skvoz/core/telephony"

// end is why a leg ended, and by whom.
type end struct {
	reason telephony.Reason
	by     string
}

// ended says what a disconnect_reason means: 11xx are ends of every day, 2xxx is money, 32xx numbers that are wrong, 42xx telephones out of reach, 5xxx
// faults.
func ended(code int64) end {
	switch code {
	case 1110:
		return end{telephony.ReasonNormal, "caller"}
	case 1111, 1123:
		return end{telephony.ReasonNoAnswer, ""}
	case 1120:
		return end{telephony.ReasonNormal, "callee"}
	case 1121:
		return end{telephony.ReasonBusy, ""}
	case 1122:
		return end{telephony.ReasonRejected, ""}
	}
	switch {
	case code >= 2000 && code < 3000:
		return end{telephony.ReasonForbidden, ""}
	case code/100 == 32:
		return end{telephony.ReasonNotFound, ""}
	case code/100 == 42:
		return end{telephony.ReasonUnavailable, ""}
	case code >= 5000:
		return end{telephony.ReasonError, ""}
	}
	return end{telephony.ReasonNormal, ""}
}

// lost says why nobody talked with a caller; empty = the legs tell.
func lost(code int64) telephony.LostReason {
	switch e := ended(code); {
	case e.by == "caller":
		return telephony.LostHangupRinging
	case e.reason == telephony.ReasonForbidden, e.reason == telephony.ReasonError:
		return telephony.LostFailed
	}
	return ""
}
