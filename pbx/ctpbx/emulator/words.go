package emulator

// words of the page in each language.
var words = map[string]map[string]string{"en": {}, "ru": {}}
