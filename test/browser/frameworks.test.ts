/** Each build of the pages, and each way to keep something, walked once. */
import {testWalks} from './frameworks.ts'

testWalks('once')
