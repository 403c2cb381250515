package store

// rowTypes lists the row structs of all tables; a test compares each with the migrated schema. Add every row struct here.
func rowTypes() []any {
	return []any{
		instanceRow{},
		accountRow{},
		userRow{},
		signInSessionRow{},
		apiTokenRow{},
		siteRow{},
		goalRow{},
		campaignRow{},
		costRow{},
		visitorPropertyRow{},
		reportSettingsRow{},
		reportFormulaRow{},
		attributionModelRow{},
		reportViewRow{},
		scenarioRow{},
		mediaRow{},
		blockedCallerRow{},
		commandRow{},
	}
}
