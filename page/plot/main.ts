/** The script of HTML files with a plot. */
import type {PlotPageData} from '../../src/emit/page/page-data.ts'
import {readData} from '../page-file.ts'
import {mountPlot} from './plot.ts'

mountPlot(document.body, readData<PlotPageData>())
