package attribution

// Family groups models that are alike.
type Family string

// The families of models.
const (
	// FamilySingle: one touch has all.
	FamilySingle Family = "single"
	// FamilyPosition: several touches share, by their places or roles.
	FamilyPosition Family = "position"
	// FamilyTime: all share, by age.
	FamilyTime Family = "time"
	// FamilyDataDriven: shares come from all paths together.
	FamilyDataDriven Family = "data-driven"
	// FamilyCustom: the account's own.
	FamilyCustom Family = "custom"
)

// Info describes a model to people.
type Info struct {
	// ID is the model's id.
	ID ModelID
	// Family groups models that are alike.
	Family Family
	// Name is the model's name in English.
	Name string
	// Formula is its rule in one line, with n touches w_1 … w_n.
	Formula string
	// Original says that the model has this id in CoMagic's Data API as well.
	Original bool
	// NeedsPaths says that the model is built from all paths of a report: its shares change with the report's period and filter.
	NeedsPaths bool
}

// Catalogue returns all models but the account's own, in the order in which to offer them. The first is the default.
func Catalogue() []Info {
	return []Info{
		{ID: LastClick, Family: FamilySingle, Name: "Last click", Formula: "w_n = 1", Original: true},
		{ID: LastNonDirectClick, Family: FamilySingle, Name: "Last non-direct click", Formula: "1 to the last touch that is not direct; all direct: w_n = 1", Original: true},
		{ID: FirstClick, Family: FamilySingle, Name: "First click", Formula: "w_1 = 1", Original: true},
		{ID: LastPaidClick, Family: FamilySingle, Name: "Last paid click", Formula: "1 to the last paid touch; none paid: last non-direct click"},
		{ID: FirstPaidClick, Family: FamilySingle, Name: "First paid click", Formula: "1 to the first paid touch; none paid: last non-direct click"},
		{ID: Linear, Family: FamilyPosition, Name: "Linear", Formula: "w_i = 1/n", Original: true},
		{ID: PositionBased402040, Family: FamilyPosition, Name: "Position 40-20-40", Formula: "w_1 = 0.4, w_n = 0.4, 0.2 evenly between; n = 2: 0.5, 0.5", Original: true},
		{ID: PositionBased206020, Family: FamilyPosition, Name: "Position 20-60-20", Formula: "w_1 = 0.2, w_n = 0.2, 0.6 evenly between; n = 2: 0.5, 0.5", Original: true},
		{ID: PositionBased105040, Family: FamilyPosition, Name: "Position 10-50-40", Formula: "w_1 = 0.1, w_n = 0.4, 0.5 evenly between; n = 2: 0.2, 0.8", Original: true},
		{ID: WShaped, Family: FamilyPosition, Name: "W-shaped", Formula: "0.3 each to the first, the lead's and the deal's touch, 0.1 evenly to the rest"},
		{ID: TimeDecay, Family: FamilyTime, Name: "Time decay", Formula: "w_i ∝ 2^(−age_i / 7 days)", Original: true},
		{ID: MarkovRemovalEffect, Family: FamilyDataDriven, Name: "Markov removal effect", Formula: "w ∝ 1 − p(conversion without the channel) / p(conversion)", NeedsPaths: true},
		{ID: ShapleyValue, Family: FamilyDataDriven, Name: "Shapley value", Formula: "1/k to each of the k different channels"},
	}
}
