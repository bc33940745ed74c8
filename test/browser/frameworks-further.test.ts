/** The other pairs of a build and a way to keep something. */
import {testWalks} from './frameworks.ts'

testWalks('further')
