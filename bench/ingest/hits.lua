-- What browsers send, for wrk: visitors with five views each, half of whom come by an advertisement, many of them on the site at a time.
local visitors = tonumber(os.getenv("BENCH_VISITORS") or "64")
local seed = os.getenv("BENCH_SEED") or "0"
local key = os.getenv("BENCH_KEY") or ""
local method = os.getenv("BENCH_METHOD") or "POST"
local host = "Host: 127.0.0.1\r\nUser-Agent: "
local agents = {
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
  "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
}
local n, base = 0, ""
local active, views = {}, {}

function init(args)
  base = string.format("%s%d", seed, math.floor(os.clock() * 1e6) % 1000)
  for i = 1, visitors do active[i], views[i] = i, 0 end
  n = visitors
end

function request()
  local i = (n * 7919) % visitors + 1
  n = n + 1
  if views[i] == 5 then active[i], views[i] = n, 0 end
  views[i] = views[i] + 1
  local page, ref = (n * 31) % 500, "https%3A%2F%2Fshop.example%2Fp%2F1"
  local query = ""
  if views[i] == 1 then
    if active[i] % 2 == 0 then
      query, ref = "%3Futm_source%3Dyandex%26utm_medium%3Dcpc%26utm_campaign%3Dspring" .. active[i] % 20 .. "%26yclid%3D" .. n, "https%3A%2F%2Fyandex.ru%2F"
    else
      ref = ""
    end
  end
  local body = "k=" .. key .. "&n=" .. string.format("nn%s%010d", base, n) .. "&f=" .. string.format("ff%s%010d", base, active[i]) ..
    "&u=https%3A%2F%2Fshop.example%2Fp%2F" .. page .. query .. "&r=" .. ref .. "&ti=Product+" .. page ..
    "&w=1920x1080&la=ru-RU&ga=1234567890.1700000000&ym=1700000000123456789&d=120&wd="
  local agent = agents[active[i] % 4 + 1]
  if method == "GET" then
    return "GET /cs/h?" .. body .. " HTTP/1.1\r\n" .. host .. agent .. "\r\n\r\n"
  end
  return "POST /cs/h HTTP/1.1\r\n" .. host .. agent ..
    "\r\nAccept: */*\r\nAccept-Language: ru-RU,ru\r\nOrigin: https://shop.example\r\nReferer: https://shop.example/\r\nContent-Type: application/x-www-form-urlencoded;charset=UTF-8\r\nContent-Length: " ..
    #body .. "\r\n\r\n" .. body
end
