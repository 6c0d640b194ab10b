-- Runs on a replica and writes nothing. ARGV: now, the seq below which to read or an empty text, how many.
-- Returns epoch and seq as far as the replica is, and events, newest first.
if not epoch then return { '', 0, {} } end
local from = ARGV[2] == '' and '+' or '(' .. ARGV[2] .. '-0'
return { epoch, seq, eventsOf(call('XREVRANGE', CHAT, from, '-', 'COUNT', ARGV[3])) }
