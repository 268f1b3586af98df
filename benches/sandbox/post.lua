-- POST /v1/customers, each request under an idempotency key of its own. BENCH_RUN tells runs apart.

dofile("benches/sandbox/common.lua")

local run, key, count = os.getenv("BENCH_RUN"), os.getenv("BENCH_KEY"), 0
local headers = { ["Authorization"] = "Bearer " .. key, ["Content-Type"] = "application/x-www-form-urlencoded" }

function request()
  count = count + 1
  headers["Idempotency-Key"] = run .. "-" .. count
  local body = "email=buyer%40example.com&name=Buyer+" .. count .. "&metadata[order]=" .. count
  return wrk.format("POST", "/v1/customers", headers, body)
end
