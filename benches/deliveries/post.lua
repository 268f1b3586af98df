-- The same event again and again: how fast the target is.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json; charset=utf-8"
wrk.headers["Stripe-Signature"] = "t=1,v1=" .. string.rep("0", 64)
for line in io.lines(os.getenv("BENCH_EVENTS")) do
  wrk.body = line
  break
end
