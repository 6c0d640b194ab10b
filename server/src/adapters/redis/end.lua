-- ARGV: now, connectionId, the roles that may (`,teacher,`), the reader's id. Returns the connections that had a seat (JSON text), the
-- newest event of each entry of the state, and the names of the documents.
local seat, refusal = seatOf(ARGV[2])
if not seat then return refusal end
if not string.find(ARGV[3], ',' .. seat.role .. ',', 1, true) then return 'forbidden' end
local connections, own = call('HGET', META, 'connections'), call('HGET', SEATS, ARGV[2])
call('DEL', SEATS, MEMBERS, LEASES, SLOW)
call('HSET', META, 'endedAt', at)
-- Not its own: whoever ended the class may be gone before all of it has been read.
call('HSET', SEATS, ARGV[4], own)
renew(ARGV[4])
isMoved = true
finish()
local documents = {}
for _, field in ipairs(call('HKEYS', DOCUMENTS)) do documents[#documents + 1] = string.match(field, '^(.+):last$') end
return { connections, call('HVALS', STATE), documents }
