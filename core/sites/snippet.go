package sites

import "strings"

// ScriptURL is the address of the browser script, for content security policies and tag managers.
func (s *Service) ScriptURL() string {
	return strings.TrimSuffix(s.PublicURL, "/") + "/static/cs.min.js"
}

// Snippet is the HTML to paste before </head> of every page of a site. The script is fetched by the scheme of the page.
func (s *Service) Snippet(site Site) string {
	_, address, _ := strings.Cut(s.ScriptURL(), "://")
	return `<script type="text/javascript">
var __cs = __cs || [];
__cs.push(["setCsAccount", "` + site.SiteKey + `"]);
</script>
<script type="text/javascript" async src="//` + htmlAttribute(address) + `"></script>`
}

func htmlAttribute(s string) string {
	return strings.NewReplacer("&", "&amp;", `"`, "&#34;", "<", "&lt;", ">", "&gt;").Replace(s)
}
