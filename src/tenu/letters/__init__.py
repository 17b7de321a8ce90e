"""How is it told to the person? In French first, in English as completely."""
