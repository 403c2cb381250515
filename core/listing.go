package core

// Operator compares a field with a value in a ListFilter; the signs are those of the Data API.
type Operator string

// The operators. Like and its kin take % for any text; the case-blind ones begin with i. Overlap looks for a common member of two lists.
const (
	OpEqual        Operator = "="
	OpNotEqual     Operator = "!="
	OpLess         Operator = "<"
	OpGreater      Operator = ">"
	OpLessEqual    Operator = "<="
	OpGreaterEqual Operator = ">="
	OpLike         Operator = "like"
	OpILike        Operator = "ilike"
	OpNotLike      Operator = "not_like"
	OpNotILike     Operator = "not_ilike"
	OpIn           Operator = "in"
	OpNotIn        Operator = "not_in"
	OpOverlap      Operator = "overlap"
	OpNotOverlap   Operator = "not_overlap"
	OpIsNull       Operator = "is_null"
	OpIsNotNull    Operator = "is_not_null"
	OpRegexp       Operator = "regexp"
)

// ListFilter is a condition, or several joined by and/or. Exactly one of Field and Filters is filled; the zero value lets everything through.
type ListFilter struct {
	// Field names what is compared, in the words of the list that is asked for.
	Field    string
	Operator Operator
	// Value is nil, string, float64, bool, time.Time (UTC) or a []any of them.
	Value any
	// Filters are joined by "and", or by "or" when Any is set.
	Filters []ListFilter
	Any     bool
}

// IsZero reports whether the filter lets everything through.
func (f ListFilter) IsZero() bool { return f.Field == "" && len(f.Filters) == 0 }

// SortBy is one key of an order.
type SortBy struct {
	Field string
	Desc  bool
}

// ListRequest asks for a part of a list the way the Data API does: by limit and offset, with a free filter and order. Unknown fields are
// KindInvalid with reason unexpected_parameters, values of the wrong type KindInvalid with reason invalid_parameter_value.
type ListRequest struct {
	Filter ListFilter
	Sort   []SortBy
	Limit  int
	Offset int
}

// Listing is a part of a list with the number of all rows the filter lets through.
type Listing[T any] struct {
	Rows  []T
	Total int
}
