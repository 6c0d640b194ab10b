-- ARGV: now, connectionId. Returns epoch, seq, 1 if the connection has its seat, written, recipients (JSON text).
if not epoch then return { '', 0, 0, {}, '[]' } end
local seat = seatOf(ARGV[2])
sweep()
finish()
return { epoch, seq, seat and 1 or 0, written, recipients() }
