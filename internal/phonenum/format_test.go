package phonenum_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/skvoz/skvoz/internal/phonenum"
)

func TestFormat_WritesNumbersAsPeopleReadThem(t *testing.T) {
	t.Parallel()
	for digits, want := range map[string]string{
		"74951234567": "+7 (495) 123-45-67", "78005553535": "8 (800) 555-35-35", "442079460958": "+44 20 7946 0958", "375291234567": "+375 29 123-45-67", "12": "+12", "": "+",
	} {
		require.Equal(t, want, phonenum.Format(digits))
	}
}
