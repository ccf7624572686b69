-- What wrk sends: the bodies of a file in turn (one JSON body a line), so that a document meets many variables, each with the next token. With PACE
-- each connection pauses so many milliseconds on average between two requests, now less, now more, as people do.
local function lines(name)
  local read, path = {}, os.getenv(name)
  if path and path ~= "" then for line in io.lines(path) do read[#read + 1] = line end end
  return read
end
local bodies, tokens, path = lines("BODIES"), lines("TOKENS"), os.getenv("REQUEST_PATH")
local pace, turn = tonumber(os.getenv("PACE") or "0"), 0
request = function()
  turn = turn + 1
  local headers = { ["Content-Type"] = "application/json", ["Accept"] = "application/json" }
  if #tokens > 0 then headers["Authorization"] = "Bearer " .. tokens[(turn - 1) % #tokens + 1] end
  return wrk.format("POST", path, headers, bodies[(turn - 1) % #bodies + 1])
end
if pace > 0 then
  delay = function() return math.floor(-math.log(1 - math.random()) * pace + 0.5) end
end
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"micros":%d,"bytes":%d,"errors":%d,"p50":%d,"p99":%d}\n', summary.requests, summary.duration, summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout, latency:percentile(50), latency:percentile(99)))
end
