import { guardForms } from './forms.js'
import { followEvents } from './live.js'

guardForms(document)
followEvents(document)
