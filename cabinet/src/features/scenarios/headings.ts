/** The id of the heading of an operation's form, which takes the focus when the operation is opened. */
export const operationHeading = 'operation-heading';
