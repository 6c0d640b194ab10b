import type { Role } from '@chalkline/client-sdk/protocol';
import { SignJWT } from 'jose';

export interface TokenRequest {
  /** The secret that the backend verifies with: at least 32 bytes. */
  secret: string;
  userId: string;
  name: string;
  /** Role by classroom id; a key that ends in `*` stands for every classroom whose id starts so. */
  classrooms: Readonly<Record<string, Role>>;
  /** How long the token is good for, in s. @default 3600 */
  expiresInS?: number;
  issuer?: string;
  audience?: string;
}

/** Signs a token (HS256) as your own backend would, for development and tests. */
export function signToken(request: TokenRequest): Promise<string> {
  const { secret, userId, name, classrooms, expiresInS = 3600, issuer, audience } = request;
  const jwt = new SignJWT({ name, classrooms })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + expiresInS);
  if (issuer !== undefined) jwt.setIssuer(issuer);
  if (audience !== undefined) jwt.setAudience(audience);
  return jwt.sign(new TextEncoder().encode(secret));
}
