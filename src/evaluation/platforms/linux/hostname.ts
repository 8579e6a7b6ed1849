import { hostnameReader, onlyWord } from '../readings/hostname-reading.ts'
import { askLinux } from './answer.ts'

/** The kernel's name; `uname` is there where `hostname` is not. */
export const hostnames = hostnameReader({ ask: askLinux, command: 'uname -n', namesIn: onlyWord, proof: 'device' })
