package phonenum

import "github.com/nyaruka/phonenumbers"

// Format writes digits with country code the way people read them: +7 (495) 123-45-67, 8 (800) 555-35-35, +44 20 7946 0958. What is no number
// comes back with a plus before it.
func Format(digits string) string {
	if len(digits) == 11 && digits[0] == '7' && onlyDigits(digits) {
		country := "+7"
		if digits[1:4] == "800" {
			country = "8" // it can't be dialled from abroad
		}
		return country + " (" + digits[1:4] + ") " + digits[4:7] + "-" + digits[7:9] + "-" + digits[9:]
	}
	number, err := phonenumbers.Parse("+"+digits, "")
	if err != nil {
		return "+" + digits
	}
	return phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
}
