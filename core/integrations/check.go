package integrations

// CheckReport compares deals here with those at the vendor.
type CheckReport struct {
	Rows        []CheckRow
	Here, There int
}

// CheckRow is a funnel's stage.
type CheckRow struct {
	Funnel, Stage string
	Here, There   int
}
