/** What is wrong with a line of a class list. */
export const enrollment = {
  problems: {
    'no-username': 'There is no user name in this line.',
    'bad-username': 'This cannot be a user name: only letters, digits, dot, dash, underscore and @.',
    duplicate: 'This name stands in the list already.',
    'bad-email': 'This is not an e-mail address.',
    columns: 'There are more columns than the heading names.',
    'not-in-directory': 'The directory does not know this name.',
  },
} as const
