"""What does the law ask of a promise?"""
