/** The door to a NetPraxis server, from another machine: its JSON API, as a program with an API key uses it. */
export { createNetpraxis, type ImportedExercise, type NetpraxisOptions, type NetpraxisServer, type SavedExercise } from './client.ts'
