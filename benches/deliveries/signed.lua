-- Signed events, each once: a thread takes every n-th line. Without more lines it sends the last one again.
local threads = {}
local counter = 0

function setup(thread)
  thread:set("mine", counter)
  counter = counter + 1
  threads[#threads + 1] = thread
end

function init()
  requests, at = {}, 0
  local number = 0
  for line in io.lines(os.getenv("BENCH_SIGNED")) do
    if number % tonumber(os.getenv("BENCH_THREADS")) == mine then
      local tab = string.find(line, "\t", 1, true)
      local headers = {
        ["Content-Type"] = "application/json; charset=utf-8",
        ["Stripe-Signature"] = string.sub(line, 1, tab - 1),
      }
      requests[#requests + 1] = wrk.format("POST", "/", headers, string.sub(line, tab + 1))
    end
    number = number + 1
  end
end

function request()
  at = math.min(at + 1, #requests)
  return requests[at]
end
