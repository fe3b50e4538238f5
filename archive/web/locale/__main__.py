from archive.web.locale import main

main()
