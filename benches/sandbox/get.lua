-- GET /v1/customers/ID, over the ids in the file BENCH_IDS, one after the other.

dofile("benches/sandbox/common.lua")

local headers, ids, at = { ["Authorization"] = "Bearer " .. os.getenv("BENCH_KEY") }, {}, 0
for line in io.lines(os.getenv("BENCH_IDS")) do
  ids[#ids + 1] = line
end

function request()
  at = at % #ids + 1
  return wrk.format("GET", "/v1/customers/" .. ids[at], headers)
end
