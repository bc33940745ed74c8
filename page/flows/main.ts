/** The script of HTML files with makers and owners. */
import {mountFlows} from './flows.ts'

mountFlows(document.body)
