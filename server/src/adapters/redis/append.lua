-- ARGV: now, connectionId, then of each draft: id (JSON text), publishers (`,teacher,student,`), '1' if it is chat,
-- and `"id":…,"type":…,"data":…`.
-- Returns epoch, a result for each draft (`stored:seq:at`, `duplicate:seq:at`, `rate-limited:ms`, `forbidden`), written,
-- recipients (JSON text).
local seat, refusal = seatOf(ARGV[2])
if not seat then return refusal end

-- Two hashes that take turns: an id is forgotten at no cost of its own, and never before `dedupeMs` or, where more come,
-- before half of `dedupeIds` others.
local idsAt = tonumber(call('HGET', META, 'idsAt') or 0)
if now - idsAt >= limits.dedupeMs or call('HLEN', IDS) >= limits.dedupeIds / 2 then
  call('UNLINK', OLD_IDS)
  if call('EXISTS', IDS) == 1 then call('RENAME', IDS, OLD_IDS) end
  call('HSET', META, 'idsAt', at)
end

local results, waitMs = {}, 0
local fullAt = tonumber(call('HGET', RATE, seat.userId) or 0)
local intervalMs = 1000 / limits.ratePerSecond
-- The length keeps apart what one user's id and another's message id could spell together.
local owner = #seat.userId .. ':' .. seat.userId .. ':'
for index = 3, #ARGV, 4 do
  local key = owner .. ARGV[index]
  local first = waitMs <= 0 and (call('HGET', IDS, key) or call('HGET', OLD_IDS, key))
  if first then
    results[#results + 1] = 'duplicate:' .. first
  elseif waitMs <= 0 and not string.find(ARGV[index + 1], ',' .. seat.role .. ',', 1, true) then
    results[#results + 1] = 'forbidden'
  else
    if waitMs <= 0 then
      local nextFullAt = math.max(fullAt, now) + intervalMs
      waitMs = nextFullAt - now - limits.rateBurst * intervalMs
      if waitMs <= 0 then fullAt = nextFullAt end
    end
    if waitMs > 0 then
      results[#results + 1] = 'rate-limited:' .. math.ceil(waitMs)
    else
      local event = write(seat.sender, ARGV[index + 3])
      local place = seq .. ':' .. at
      call('HSET', IDS, key, place)
      if ARGV[index + 2] == '1' then
        call('XADD', CHAT, 'MAXLEN', '=', limits.chatEvents, seq .. '-0', 'event', event)
      end
      results[#results + 1] = 'stored:' .. place
    end
  end
end
if #written > 0 then call('HSET', RATE, seat.userId, fullAt) end
finish()
return { epoch, results, written, recipients() }
