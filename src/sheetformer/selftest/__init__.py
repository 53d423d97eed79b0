"""One workbook with every shape of formula that books hold, and what each must give."""
