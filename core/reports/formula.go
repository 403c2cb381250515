package reports

import (
	"strconv"

	"github.com/skvoz/skvoz/core"
)

// MaxFormulaLength and maxFormulaDepth bound formulas.
const (
	MaxFormulaLength = 500
	maxFormulaDepth  = 50
)

// expression is a formula made ready: a number, a metric, or two expressions and an operator.
type expression struct {
	operator    byte // one of + - * /, or 0 for a leaf
	number      float64
	metric      MetricID // empty for a number
	measure     int      // which counted figure stands for metric, once bound
	left, right *expression
}

// parseExpression reads arithmetic over metric ids: numbers, + − * / and parentheses. known says whether there is a metric. Faults are KindInvalid
// about the field expression with the position (from 1) as their value; reasons are bad_formula and unknown_metric.
func parseExpression(text string, known func(MetricID) bool) (*expression, error) {
	if len(text) > MaxFormulaLength {
		return nil, core.Invalid("expression", "too_long", "a formula has at most %d characters", MaxFormulaLength)
	}
	p := &formulaParser{text: text, known: known}
	e, err := p.sum()
	if err == nil && p.peek() != 0 {
		err = p.fault(p.at, "bad_formula", "unexpected %q", p.text[p.at])
	}
	return e, err
}

type formulaParser struct {
	text  string
	at    int
	depth int
	known func(MetricID) bool
}

func (p *formulaParser) fault(at int, reason, format string, args ...any) error {
	err := core.Invalid("expression", reason, format, args...)
	err.Message += " at character " + strconv.Itoa(at+1)
	return err.WithValue(at + 1)
}

// peek skips blanks and returns the next character, 0 at the end.
func (p *formulaParser) peek() byte {
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\t' || p.text[p.at] == '\n') {
		p.at++
	}
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *formulaParser) sum() (*expression, error) { return p.chain('+', '-', p.product) }

func (p *formulaParser) product() (*expression, error) { return p.chain('*', '/', p.factor) }

func (p *formulaParser) chain(one, other byte, part func() (*expression, error)) (*expression, error) {
	e, err := part()
	for err == nil {
		c := p.peek()
		if c != one && c != other {
			break
		}
		p.at++
		var right *expression
		if right, err = part(); err == nil {
			e = &expression{operator: c, left: e, right: right}
		}
	}
	return e, err
}

func (p *formulaParser) factor() (*expression, error) {
	if p.depth++; p.depth > maxFormulaDepth {
		return nil, p.fault(p.at, "bad_formula", "too many parentheses")
	}
	defer func() { p.depth-- }()
	switch c := p.peek(); {
	case c == '(':
		return p.parenthesis()
	case c == '-':
		p.at++
		e, err := p.factor()
		return &expression{operator: '-', left: &expression{}, right: e}, err
	case c >= '0' && c <= '9' || c == '.':
		return p.numeral()
	case c >= 'a' && c <= 'z':
		return p.name()
	case c == 0:
		return nil, p.fault(p.at, "bad_formula", "a number or metric is missing")
	default:
		return nil, p.fault(p.at, "bad_formula", "unexpected %q", c)
	}
}

func (p *formulaParser) parenthesis() (*expression, error) {
	open := p.at
	p.at++
	e, err := p.sum()
	if err == nil && p.peek() != ')' {
		return nil, p.fault(open, "bad_formula", "the parenthesis is not closed, opened")
	}
	p.at++
	return e, err
}

func (p *formulaParser) numeral() (*expression, error) {
	from := p.at
	for p.at < len(p.text) && (p.text[p.at] >= '0' && p.text[p.at] <= '9' || p.text[p.at] == '.') {
		p.at++
	}
	n, err := strconv.ParseFloat(p.text[from:p.at], 64)
	if err != nil {
		return nil, p.fault(from, "bad_formula", "%q is no number", p.text[from:p.at])
	}
	return &expression{number: n}, nil
}

func (p *formulaParser) name() (*expression, error) {
	from := p.at
	for p.at < len(p.text) && isNameByte(p.text[p.at]) {
		p.at++
	}
	id := MetricID(p.text[from:p.at])
	if !p.known(id) {
		return nil, p.fault(from, "unknown_metric", "there is no metric %q", id)
	}
	return &expression{metric: id}, nil
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == ':'
}

// metrics calls visit for each metric in the expression.
func (e *expression) metrics(visit func(MetricID)) {
	if e.metric != "" {
		visit(e.metric)
	}
	if e.operator != 0 {
		e.left.metrics(visit)
		e.right.metrics(visit)
	}
}

// value computes a bound expression from the counted figures; false where it divides by zero.
func (e *expression) value(figures []float64) (float64, bool) {
	if e.operator == 0 {
		if e.metric != "" {
			return figures[e.measure], true
		}
		return e.number, true
	}
	l, ok := e.left.value(figures)
	r, ok2 := e.right.value(figures)
	if !ok || !ok2 {
		return 0, false
	}
	switch e.operator {
	case '+':
		return l + r, true
	case '-':
		return l - r, true
	case '*':
		return l * r, true
	}
	return l / r, r != 0
}
