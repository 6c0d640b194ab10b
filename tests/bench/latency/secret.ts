/** What the tokens of a benchmark are signed with. */
export const SECRET = 'a secret of thirty-two bytes or more';
