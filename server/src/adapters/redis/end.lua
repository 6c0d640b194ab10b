-- ARGV: now, connectionId, the roles that may (`,teacher,`). Returns the connections that had a seat (JSON text), the newest event of
-- each entry of the state, and the names of the documents.
local seat, refusal = seatOf(ARGV[2])
if not seat then return refusal end
if not string.find(ARGV[3], ',' .. seat.role .. ',', 1, true) then return 'forbidden' end
local connections, own = call('HGET', META, 'connections'), call('HGET', SEATS, ARGV[2])
call('DEL', SEATS, MEMBERS, LEASES, SLOW)
call('HSET', META, 'endedAt', at)
call('HSET', SEATS, ARGV[2], own)
renew(ARGV[2])
isMoved = true
finish()
local documents = {}
for _, field in ipairs(call('HKEYS', DOCUMENTS)) do documents[#documents + 1] = string.match(field, '^(.+):last$') end
return { connections, call('HVALS', STATE), documents }
