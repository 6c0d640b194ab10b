-- Runs on a replica and writes nothing. ARGV: now, the seq below which to read or an empty text, how many.
-- Returns epoch and seq as far as the replica is, and messages, newest first.
if not epoch then return { '', 0, {} } end
return { epoch, seq, messagesBelow(ARGV[2], ARGV[3]) }
