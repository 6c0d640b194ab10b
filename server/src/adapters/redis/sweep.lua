-- ARGV: now. Returns epoch, written, recipients (JSON text), 1 if nobody is left whose lease could end.
if not epoch then return { '', {}, '[]', 1 } end
sweep()
finish()
return { epoch, written, recipients(), call('ZCARD', LEASES) == 0 and 1 or 0 }
